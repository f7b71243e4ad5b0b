//! The archive of a bundle: a zip whose bytes are decided by its files alone, so that not even a byte between the files can be
//! changed unseen. Nothing is compressed: what a compressor writes may differ from version to version.

use std::io::{Cursor, Read as _, Write as _};

use rules::evidence::{Fault, Files};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// What a fault of the archive as a whole is said of.
const ARCHIVE: &str = "the archive";

/// Writes the files, by name.
pub fn write(files: &Files) -> Result<Vec<u8>, zip::result::ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The files of an archive, each as its checksum says. Whether the archive is exactly as [`write`] makes it is for
/// [`must_be_exact`] to say: a changed file is better named than a changed archive.
pub fn read(bytes: &[u8]) -> Result<Files, Fault> {
    let whole = |error: zip::result::ZipError| Fault::new(ARCHIVE, format!("cannot be read: {error}"));
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(whole)?;
    let mut files = Files::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).map_err(whole)?;
        let name = file.name().map_err(whole)?.into_owned();
        if file.compression() != CompressionMethod::Stored {
            return Err(Fault::new(name, "is compressed; the program stores files as they are"));
        }
        // No more than the archive itself holds, whatever the entry says of its size.
        let mut content = Vec::new();
        file.read_to_end(&mut content)
            .map_err(|error| Fault::new(&*name, format!("cannot be read: {error}")))?;
        files.insert(name, content);
    }
    Ok(files)
}

/// Refuses an archive that is not byte for byte what its files make.
pub fn must_be_exact(bytes: &[u8], files: &Files) -> Result<(), Fault> {
    let exact =
        write(files).map_err(|error| Fault::new(ARCHIVE, format!("cannot be made again: {error}")))?;
    if exact == bytes {
        return Ok(());
    }
    let same = exact.iter().zip(bytes).take_while(|(a, b)| a == b).count();
    Err(Fault::new(ARCHIVE, format!("byte {} is not as the program writes it", same + 1)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot be set up cannot go on")]

    use rules::canonical::sha256_hex;

    use super::*;

    fn files() -> Files {
        [("README.txt", "Read me"), ("results/1.json", "{}")]
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
            .into()
    }

    #[test]
    fn what_is_written_is_read_and_every_changed_byte_is_found() {
        let bytes = write(&files()).unwrap();
        assert_eq!(read(&bytes).unwrap(), files());
        must_be_exact(&bytes, &files()).unwrap();
        for at in 0..bytes.len() {
            let mut touched = bytes.clone();
            touched[at] ^= 1;
            let found = read(&touched).and_then(|read| {
                must_be_exact(&touched, &read)?;
                // What is left is a changed file with a checksum to fit, which the manifest finds.
                if read == files() { Ok(()) } else { Err(Fault::new(ARCHIVE, "other files")) }
            });
            assert!(found.is_err(), "byte {at}");
        }
        assert!(must_be_exact(&[&bytes[..], b"more"].concat(), &files()).is_err());
    }

    /// Evidence is verified years later: an archive writer that lays out its bytes in another way would find fault with every
    /// older bundle.
    #[test]
    fn the_layout_stays_as_it_was() {
        assert_eq!(
            sha256_hex(&write(&files()).unwrap()),
            "ce2d1124f0532f3d64e23b4210dae97ee54801c78b758c9c9a1978ef97a17b3f"
        );
    }
}
