//! The object on its way in and out, by presigned URL.

use std::io;

use crc_fast::{CrcAlgorithm, Digest as Crc};

use super::OBJECT_BYTES;
use super::bounds::Sums;
use super::peak::Transfer;
use crate::connection::{Connection, Head};
use crate::failure::Failure;
use crate::process::Hallpass;
use crate::stream::{PIECE_BYTES, Stream};

pub(super) const PATH: &str = "/bench/5gib";

/// Puts the object; its ETag must be its MD5.
pub(super) fn put(server: &Hallpass, sums: &Sums) -> Result<Transfer, Failure> {
    let request = server.presigned("PUT", PATH, Some(OBJECT_BYTES))?;
    let mut connection = server.connect()?;
    Transfer::observe(server.process(), || {
        let head = send(&mut connection, &request);
        let head = head.map_err(Failure::while_doing("putting the object"))?;
        check(head.etag == sums.md5, &head)
    })
}

fn send(connection: &mut Connection, request: &[u8]) -> io::Result<Head> {
    let (mut stream, mut piece) = (Stream::default(), vec![0; PIECE_BYTES]);
    connection.send(request)?;
    for _ in 0..OBJECT_BYTES / PIECE_BYTES {
        stream.fill(&mut piece);
        connection.send(&piece)?;
    }
    let head = connection.read_head()?;
    connection.read_body(head.length, |_| ())?;
    Ok(head)
}

/// Gets the object; its length and checksum must be those of what was put.
pub(super) fn get(server: &Hallpass, sums: &Sums) -> Result<Transfer, Failure> {
    let request = server.presigned("GET", PATH, None)?;
    let mut connection = server.connect()?;
    Transfer::observe(server.process(), || {
        let mut crc = Crc::new(CrcAlgorithm::Crc64Nvme);
        let head = receive(&mut connection, &request, |bytes| crc.update(bytes))?;
        check(head.length == OBJECT_BYTES as u64 && crc.finalize() == sums.crc64, &head)
    })
}

/// Gets an object of so many bytes, which the server sums.
pub(super) fn get_of(server: &Hallpass, path: &str, bytes: u64) -> Result<Transfer, Failure> {
    let request = server.presigned("GET", path, None)?;
    let mut connection = server.connect()?;
    Transfer::observe(server.process(), || {
        let head = receive(&mut connection, &request, |_| ())?;
        check(head.length == bytes, &head)
    })
}

fn receive(
    connection: &mut Connection,
    request: &[u8],
    look: impl FnMut(&[u8]),
) -> Result<Head, Failure> {
    let receive = || {
        connection.send(request)?;
        let head = connection.read_head()?;
        connection.read_body(head.length, look)?;
        Ok(head)
    };
    receive().map_err(Failure::while_doing::<io::Error>("getting the object"))
}

fn check(is_right: bool, head: &Head) -> Result<(), Failure> {
    if is_right && head.status == 200 {
        return Ok(());
    }
    Err(Failure::new(
        format!("the object is not what was put: {head:?}"),
        "an answer other than 200 has its reason in the access log; else the bytes are wrong",
    ))
}
