//! Connections: HTTP/1.1, kept for the next request, with TLS where the endpoint has it.
//!
//! Root certificates are the machine's own and read only when TLS is wanted.

use std::io;

use http::Request;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::TokioExecutor;

use crate::body::Body;
use crate::endpoint::Scheme;
use crate::limits;

/// A pool of connections.
#[derive(Debug)]
pub(crate) enum Transport {
    /// Without TLS.
    Http(Client<HttpConnector, Body>),
    /// With TLS.
    Https(Client<HttpsConnector<HttpConnector>, Body>),
}

impl Transport {
    /// An empty pool.
    pub(crate) fn new(scheme: Scheme) -> io::Result<Self> {
        let mut http = HttpConnector::new();
        http.set_connect_timeout(Some(limits::CONNECT));
        http.set_nodelay(true);
        let mut builder = Client::builder(TokioExecutor::new());
        builder.retry_canceled_requests(false);
        match scheme {
            Scheme::Http => Ok(Self::Http(builder.build(http))),
            Scheme::Https => {
                http.enforce_http(false);
                let tls = HttpsConnectorBuilder::new().with_native_roots()?;
                let https = tls.https_only().enable_http1().wrap_connector(http);
                Ok(Self::Https(builder.build(https)))
            }
        }
    }

    /// Sends a request.
    pub(crate) fn send(&self, request: Request<Body>) -> ResponseFuture {
        match self {
            Self::Http(client) => client.request(request),
            Self::Https(client) => client.request(request),
        }
    }
}
