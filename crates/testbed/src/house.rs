//! Starts and stops a server, and holds what a test turns.

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use identity::{Account, MasterKeys};
use server::{AccessLog, Server, Settings};
use signature::{Credentials, Timestamp};
use store::Store;
use tokio::sync::oneshot;

use crate::answer::Expected;
use crate::{Answer, Auth, Request};

/// The root user's access key id.
pub const ACCESS_KEY_ID: &str = "AKIAROOTROOTROOTROOT";
/// The root user's secret.
pub const SECRET: &str = "root/secret+of/the+testbed";
/// When tests begin, in milliseconds since 1970: 2026-01-01T00:00:00Z.
const START_MS: u64 = 1_767_225_600_000;
/// A socket that says nothing for so long will say nothing any more.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server with an empty store.
#[derive(Debug)]
pub struct House {
    address: SocketAddr,
    clock_ms: Arc<AtomicU64>,
    log: Log,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    dir: tempfile::TempDir,
    settings: Settings,
    account: Arc<Account>,
}

impl House {
    /// A server with the usual settings.
    #[must_use]
    pub fn start() -> Self {
        Self::with(Settings::default())
    }

    /// A server with these settings.
    #[must_use]
    pub fn with(settings: Settings) -> Self {
        let clock_ms = Arc::new(AtomicU64::new(START_MS));
        Self::open(tempfile::tempdir().unwrap(), settings, clock_ms, account())
    }

    /// Stops the server and starts it again, with the same store, settings and time.
    #[must_use]
    pub fn restart(mut self) -> Self {
        self.end();
        let dir = std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap());
        let (settings, account) = (self.settings.clone(), Arc::clone(&self.account));
        Self::open(dir, settings, Arc::clone(&self.clock_ms), account)
    }

    fn open(
        dir: tempfile::TempDir,
        settings: Settings,
        clock_ms: Arc<AtomicU64>,
        account: Arc<Account>,
    ) -> Self {
        let log = Log::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = std::sync::mpsc::channel();
        let clock = Arc::clone(&clock_ms);
        let house = server::House::new(
            Store::open(dir.path()).unwrap(),
            Arc::clone(&account),
            settings.clone(),
            Arc::new(move || clock.load(Ordering::SeqCst)),
            AccessLog::to(log.clone()).unwrap(),
        )
        .unwrap();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), house).await.unwrap();
                tell.send(server.local_addr().unwrap()).unwrap();
                server.serve(async { drop(stopped.await) }).await;
            });
        });
        let address = told.recv().unwrap();
        let (stop, thread) = (Some(stop), Some(thread));
        Self { address, clock_ms, log, stop, thread, dir, settings, account }
    }

    /// The account, which users and roles can be put into beside the server.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Where the server listens, as `host:port`.
    #[must_use]
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The folder of the store.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// The time as the server sees it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.clock_ms.load(Ordering::SeqCst) / 1000)
    }

    /// Lets time pass, for the server.
    pub fn pass(&self, seconds: u64) {
        self.clock_ms.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Sends a request on a connection of its own.
    #[must_use]
    pub fn send(&self, request: &Request) -> Answer {
        self.exchange(&request.bytes(&self.authority(), self.now()))
    }

    /// Sends a request signed by the root user and expects it to succeed.
    pub fn ok(&self, method: &str, target: &str, body: &[u8]) -> Answer {
        let answer = self.send(&Request::new(method, target).auth(Auth::Header).body(body));
        assert!(answer.status < 300, "{method} {target}: {} {}", answer.status, answer.text());
        answer
    }

    /// Sends bytes as they are, then reads one answer. The other direction stays open.
    #[must_use]
    pub fn exchange(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // The server may answer and close before it has read all; what it says still counts.
        let sent = stream.write_all(bytes);
        let is_head = bytes.starts_with(b"HEAD ");
        let expected = if is_head { Expected::Head } else { Expected::Whole };
        let answer = Answer::read(&mut stream, expected);
        answer.unwrap_or_else(|error| panic_with(&format!("no answer: {error}; {sent:?}")))
    }

    /// A connection to the server.
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Stops the server and returns all that it logged.
    #[must_use]
    pub fn stop(mut self) -> String {
        self.end();
        self.log.text()
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

/// An account without anybody but its root user.
fn account() -> Arc<Account> {
    let keys = MasterKeys::parse(&format!("{}=", "A".repeat(43))).unwrap();
    Arc::new(Account::open(Arc::new(ledger::Memory::new()), keys, root()).unwrap())
}

/// The root user's credentials.
pub(crate) fn root() -> Credentials {
    Credentials::new(ACCESS_KEY_ID, SECRET, None)
}

#[expect(clippy::panic, reason = "a test that cannot go on stops")]
fn panic_with(message: &str) -> ! {
    panic!("{message}")
}

/// A log that is kept in memory.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
