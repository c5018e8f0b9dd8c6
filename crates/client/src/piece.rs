//! A stretch of a file on its way: summed first, then read again while it is sent.
//!
//! The second reading must see what the first one saw. It holds back the last frame until that
//! is certain, so that a file that changes in between is never taken for complete by the other
//! side. Memory does not grow with the file.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use crate::limits::{FRAME_BYTES, FRAMES_AHEAD};

/// An open file and what it looked like then.
#[derive(Debug)]
pub(crate) struct Snapshot {
    path: PathBuf,
    file: File,
    bytes: u64,
    modified: SystemTime,
}

/// Why a file cannot be sent.
#[derive(Debug)]
pub(crate) enum FileFault {
    /// It is not what it was when it was opened.
    Changed,
    /// It cannot be read.
    Io(io::Error),
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed => f.write_str("the file changed"),
            Self::Io(source) => source.fmt(f),
        }
    }
}

impl std::error::Error for FileFault {}

impl From<io::Error> for FileFault {
    fn from(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::UnexpectedEof { Self::Changed } else { Self::Io(source) }
    }
}

impl Snapshot {
    /// Opens a regular file.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        Ok(Self { path: path.into(), bytes: metadata.len(), modified: metadata.modified()?, file })
    }

    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The size of the file.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    fn check_unchanged(&self) -> Result<(), FileFault> {
        let now = self.file.metadata()?;
        if now.len() == self.bytes && now.modified()? == self.modified {
            Ok(())
        } else {
            Err(FileFault::Changed)
        }
    }
}

/// Whether the SHA-256 is needed beside the CRC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sums {
    /// Only the CRC: TLS protects the way.
    Crc,
    /// Both: the signature must cover the bytes.
    CrcAndSha256,
}

/// A stretch of a file and its sums.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    file: Arc<Snapshot>,
    start: u64,
    bytes: u64,
    crc: u64,
    sha256: Option<[u8; 32]>,
}

impl Piece {
    /// Sums `bytes` bytes from `start`.
    pub(crate) async fn sum(
        file: Arc<Snapshot>,
        start: u64,
        bytes: u64,
        sums: Sums,
    ) -> Result<Self, FileFault> {
        let piece = Self { file, start, bytes, crc: 0, sha256: None };
        tokio::task::spawn_blocking(move || piece.summed(sums))
            .await
            .map_err(|lost| FileFault::Io(io::Error::other(lost)))?
    }

    fn summed(mut self, sums: Sums) -> Result<Self, FileFault> {
        let mut sha256 = (sums == Sums::CrcAndSha256).then(Sha256::new);
        let mut reader = Reader::new(&self);
        let mut buffer = vec![0; FRAME_BYTES];
        while let Some(frame) = reader.next(&mut buffer)? {
            if let Some(sha256) = &mut sha256 {
                sha256.update(frame);
            }
        }
        self.file.check_unchanged()?;
        self.crc = reader.crc.finalize();
        self.sha256 = sha256.map(|sum| sum.finalize().into());
        Ok(self)
    }

    /// Where its file is.
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its CRC64NVME.
    pub(crate) fn crc(&self) -> u64 {
        self.crc
    }

    /// Its SHA-256, when that was asked for.
    pub(crate) fn sha256(&self) -> Option<[u8; 32]> {
        self.sha256
    }

    /// Its bytes, read on another thread while they are taken.
    pub(crate) fn frames(&self) -> mpsc::Receiver<Result<Bytes, FileFault>> {
        let (sender, receiver) = mpsc::channel(FRAMES_AHEAD);
        let piece = self.clone();
        tokio::task::spawn_blocking(move || piece.feed(&sender));
        receiver
    }

    /// Sends every frame, until nobody takes them any more.
    fn feed(&self, frames: &mpsc::Sender<Result<Bytes, FileFault>>) {
        let mut reader = Reader::new(self);
        let mut buffer = vec![0; FRAME_BYTES];
        while let Some(frame) = self.next_checked(&mut reader, &mut buffer).transpose() {
            let failed = frame.is_err();
            if frames.blocking_send(frame).is_err() || failed {
                return;
            }
        }
    }

    fn next_checked(
        &self,
        reader: &mut Reader<'_>,
        buffer: &mut [u8],
    ) -> Result<Option<Bytes>, FileFault> {
        let Some(frame) = reader.next(buffer)?.map(Bytes::copy_from_slice) else {
            return Ok(None);
        };
        if reader.left == 0 {
            self.file.check_unchanged()?;
            if reader.crc.finalize() != self.crc {
                return Err(FileFault::Changed);
            }
        }
        Ok(Some(frame))
    }
}

/// Reads a piece from its start to its end, summing.
struct Reader<'p> {
    file: &'p File,
    at: u64,
    left: u64,
    crc: Digest,
}

impl<'p> Reader<'p> {
    fn new(piece: &'p Piece) -> Self {
        Self {
            file: &piece.file.file,
            at: piece.start,
            left: piece.bytes,
            crc: Digest::new(CrcAlgorithm::Crc64Nvme),
        }
    }

    fn next<'b>(&mut self, buffer: &'b mut [u8]) -> io::Result<Option<&'b [u8]>> {
        let room = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        let bytes = usize::try_from(self.left.min(room)).unwrap_or(usize::MAX);
        let Some(frame) = buffer.get_mut(..bytes).filter(|frame| !frame.is_empty()) else {
            return Ok(None);
        };
        self.file.read_exact_at(frame, self.at)?;
        self.crc.update(frame);
        self.at = self.at.saturating_add(self.left.min(room));
        self.left -= self.left.min(room);
        Ok(Some(frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Desk {
        _folder: tempfile::TempDir,
        path: PathBuf,
    }

    fn desk(content: &[u8]) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, content).unwrap();
        Desk { _folder: folder, path }
    }

    async fn piece(path: &Path, start: u64, bytes: u64) -> Piece {
        let file = Arc::new(Snapshot::open(path).unwrap());
        Piece::sum(file, start, bytes, Sums::CrcAndSha256).await.unwrap()
    }

    async fn read(piece: &Piece) -> Result<Vec<u8>, FileFault> {
        let mut frames = piece.frames();
        let mut all = Vec::new();
        while let Some(frame) = frames.recv().await {
            all.extend_from_slice(&frame?);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn stretch_is_read_as_often_as_it_is_sent() {
        let content: Vec<u8> = (0..251).cycle().take(FRAME_BYTES * 3).collect();
        let desk = desk(&content);
        let size = u64::try_from(content.len()).unwrap();
        let piece = piece(&desk.path, 5, size - 7).await;
        for _ in 0..2 {
            assert!(read(&piece).await.unwrap() == content[5..content.len() - 2]);
        }
    }

    #[tokio::test]
    async fn sums_are_those_of_the_stretch() {
        let desk = desk(b"-123456789-");
        let piece = piece(&desk.path, 1, 9).await;
        assert_eq!(piece.crc(), 0xae8b_1486_0a79_9888);
        assert_eq!(piece.sha256().unwrap()[..4], [0x15, 0xe2, 0xb0, 0xd3], "SHA-256 of 123456789");
    }

    #[tokio::test]
    async fn empty_file_has_no_frames() {
        let desk = desk(b"");
        let piece = piece(&desk.path, 0, 0).await;
        assert_eq!((piece.bytes(), read(&piece).await.unwrap()), (0, vec![]));
    }

    #[tokio::test]
    async fn file_that_changes_before_it_is_sent_never_ends_well() {
        let old = SystemTime::UNIX_EPOCH;
        for (after, same_time) in
            [("12345", false), ("12", true), ("123456", true), ("abcde", true)]
        {
            let desk = desk(b"12345");
            File::options().write(true).open(&desk.path).unwrap().set_modified(old).unwrap();
            let piece = piece(&desk.path, 0, 5).await;
            std::fs::write(&desk.path, after).unwrap();
            if same_time {
                let file = File::options().write(true).open(&desk.path).unwrap();
                file.set_modified(old).unwrap();
            }
            let read = read(&piece).await;
            assert!(matches!(read, Err(FileFault::Changed)), "{after}");
        }
    }

    #[test]
    fn folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Snapshot::open(folder.path()).is_err());
    }
}
