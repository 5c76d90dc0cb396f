//! Archives of a tag's files. The sandbox has no files, so an archive holds one empty folder, named as GitLab names it; and a
//! `tar.bz2` nothing at all, as nothing here can compress.

use crate::sandbox::moment::Moment;

const BLOCK: usize = 512;
/// bzip2 of nothing.
const EMPTY_BZ2: &[u8] = b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0";

/// How files are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Zip,
    TarGz,
    TarBz2,
    Tar,
}

impl Format {
    /// All of them, in GitLab's order.
    pub(crate) const ALL: [Self; 4] = [Self::Zip, Self::TarGz, Self::TarBz2, Self::Tar];

    /// The end of its files' names.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::TarGz => "tar.gz",
            Self::TarBz2 => "tar.bz2",
            Self::Tar => "tar",
        }
    }
}

/// An archive of an empty folder as it was then.
pub(crate) fn pack(format: Format, folder: &str, at: Moment) -> Vec<u8> {
    let folder = format!("{folder}/");
    match format {
        Format::Zip => zip(folder.as_bytes()),
        Format::TarGz => gzip(&tar(folder.as_bytes(), at)),
        Format::TarBz2 => EMPTY_BZ2.to_vec(),
        Format::Tar => tar(folder.as_bytes(), at),
    }
}

/// One entry in the form `ustar`, and the two empty blocks that end an archive.
fn tar(folder: &[u8], at: Moment) -> Vec<u8> {
    let mut archive = vec![0; 3 * BLOCK];
    let time = format!("{:011o}", at.whole_seconds().max(0));
    let mut put = |from: usize, bytes: &[u8]| archive[from..from + bytes.len()].copy_from_slice(bytes);
    // A name has 100 bytes at most.
    put(0, &folder[..folder.len().min(100)]);
    put(100, b"0000755\x000000000\x000000000\x0000000000000\0");
    put(136, time.as_bytes());
    put(148, b"        5");
    put(257, b"ustar\x0000");
    let sum: u32 = archive[..BLOCK].iter().copied().map(u32::from).sum();
    archive[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    archive
}

/// Stored as it is.
fn gzip(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    let mut packed = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01".to_vec();
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(content);
    packed.extend(crc32(content).to_le_bytes());
    packed.extend(u32::from(length).to_le_bytes());
    packed
}

/// A folder's entry, the list of entries, and its end.
fn zip(folder: &[u8]) -> Vec<u8> {
    let length = u16::try_from(folder.len()).unwrap_or(u16::MAX).to_le_bytes();
    // Version 2.0, nothing special, stored, the first day that can be said; no content.
    let facts = [b"\x14\0\0\0\0\0\0\0\x21\0".as_slice(), &[0; 12], &length, &[0; 2]].concat();
    let entry = [b"PK\x03\x04".as_slice(), &facts, folder].concat();
    let listed = [b"PK\x01\x02\x14\0".as_slice(), &facts, &[0; 6], b"\x10\0\0\0", &[0; 4], folder].concat();
    let sizes = [listed.len(), entry.len()].map(|size| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &sizes.concat(), &[0; 2]].concat();
    [entry, listed, end].concat()
}

fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_that_everybody_has() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
