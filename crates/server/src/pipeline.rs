//! One way through the house.
//!
//! ```text
//! read -> verify -> call -> authorize -> operate -> respond
//!   +--------+--------+---------+-----------+-- log entry: opened first, closed once, on every
//!                                               path, when the last byte has left
//! ```

use std::net::IpAddr;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use crate::authorize::Presented;
use crate::body::{Arriving, Leaving, Outbox};
use crate::house::House;
use crate::log::Entry;
use crate::operate::{self, Outcome};
use crate::origin::Origin;
use crate::refusal::Refusal;
use crate::{account, authorize, read, respond, verify};

/// Serves one request; the answer leaves through the connection of `outbox`.
pub(crate) async fn serve(
    house: Arc<House>,
    peer: IpAddr,
    request: Request<Incoming>,
    outbox: Outbox,
) -> Response<Leaving> {
    let now_ms = house.now_ms();
    let (head, body) = request.into_parts();
    let origin = Origin::of(peer, &head.headers, &house.settings.trusted_proxies);
    let mut entry = Entry::open(&house, origin.shown(), &head, now_ms);
    let method = head.method.clone();
    let mut body = Arriving::new(&head, body);
    let result = journey(&house, (head, origin, now_ms), &mut body, &mut entry).await;
    if result.is_err() {
        body.discard();
    }
    respond::to(&method, result, entry, outbox)
}

async fn journey(
    house: &Arc<House>,
    (head, origin, now_ms): (http::request::Parts, Origin, u64),
    body: &mut Arriving,
    entry: &mut Entry,
) -> Result<Outcome, Refusal> {
    let received = read::request(head, &house.settings.domains)?;
    entry.asked(&received);
    if let Some(outcome) = operate::house_route(&received) {
        return outcome;
    }
    if let Some(api) = account::api(&received) {
        let asked = account::Asked { api, received, origin, now_ms };
        return account::serve(house, asked, body, entry).await;
    }
    // A form has its key and its signature in the body, in front of the file.
    let received = received.with_form(body).await?;
    if received.form.is_some() {
        entry.asked(&received);
    }
    let caller = verify::caller(&received, house, now_ms)?;
    if let Some((holder, mechanism)) = caller.signer() {
        entry.by(holder, mechanism);
    }
    let call = received.call(&caller)?;
    entry.called(call.row.log);
    let permit = authorize::permit(Presented { call, caller, origin, now_ms }, house)?;
    operate::run(&permit, body, house).await
}
