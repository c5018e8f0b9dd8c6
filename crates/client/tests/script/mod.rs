//! A server that answers what a test tells it to, and remembers what it was asked.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use tokio::sync::oneshot;

/// An answer: status, one header, body.
pub(crate) type Answer = (u16, &'static str, &'static str);

/// What happens with one request.
pub(crate) enum Step {
    /// The body is read and this is the answer.
    Answer(Answer),
    /// This is the answer, although the body has not been read.
    Refuse(Answer),
    /// The connection ends without an answer.
    HangUp,
    /// Nothing happens, and the test is told so.
    Stall(oneshot::Sender<()>),
}

/// A running script.
pub(crate) struct Script {
    /// Where it listens.
    pub(crate) url: String,
    asked: Receiver<String>,
}

impl Script {
    /// Plays `steps`, one for each request.
    pub(crate) fn play(steps: impl IntoIterator<Item = Step> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = channel();
        std::thread::spawn(move || {
            let mut connection = None;
            for step in steps.into_iter() {
                let (head, stream) = next_request(&listener, &mut connection);
                tell.send(head.lines().next().unwrap().to_owned()).unwrap();
                connection = perform(step, &head, stream);
            }
        });
        Self { url, asked }
    }

    /// The request lines so far, once all steps were played.
    pub(crate) async fn asked(self) -> Vec<String> {
        let all = move || self.asked.iter().collect();
        tokio::task::spawn_blocking(all).await.unwrap()
    }
}

type Connection = BufReader<TcpStream>;

/// The head of the next request, on the connection that is open or else on a new one.
fn next_request(listener: &TcpListener, open: &mut Option<Connection>) -> (String, Connection) {
    loop {
        let mut connection = match open.take() {
            Some(connection) => connection,
            None => BufReader::new(listener.accept().unwrap().0),
        };
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") && connection.read_line(&mut head).unwrap_or(0) > 0 {}
        if head.ends_with("\r\n\r\n") {
            return (head, connection);
        }
    }
}

fn perform(step: Step, head: &str, mut connection: Connection) -> Option<Connection> {
    match step {
        Step::Answer(answer) => {
            if head.contains("expect: 100-continue") {
                let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
                connection.get_mut().write_all(go_on).unwrap();
            }
            let length = head.split_once("content-length: ").unwrap().1;
            let length: u64 = length.split_once('\r').unwrap().0.parse().unwrap();
            std::io::copy(&mut connection.by_ref().take(length), &mut std::io::sink()).unwrap();
            write(&mut connection, answer);
            Some(connection)
        }
        Step::Refuse(answer) => {
            write(&mut connection, answer);
            let mut rest = Vec::new();
            connection.read_to_end(&mut rest).unwrap();
            assert!(rest.is_empty(), "the body was sent for nothing");
            None
        }
        Step::HangUp => None,
        Step::Stall(tell) => {
            tell.send(()).unwrap();
            while connection.read(&mut [0; 4096]).is_ok_and(|bytes| bytes > 0) {}
            None
        }
    }
}

fn write(connection: &mut Connection, (status, header, body): Answer) {
    let length = body.len();
    let text = format!("HTTP/1.1 {status} x\r\n{header}\r\ncontent-length: {length}\r\n\r\n{body}");
    connection.get_mut().write_all(text.as_bytes()).unwrap();
}
