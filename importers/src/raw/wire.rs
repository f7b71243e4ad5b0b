//! How what a reader says goes from the child to its parent: a letter for what comes, then a packed row as it will be kept, or the
//! length of a JSON text and the text. Both ends are this same program.

use std::io::{self, Read, Write};

use super::{Collector, Event};

const ROW: u8 = b'r';
const TOLD: u8 = b'j';
/// A finding, a sheet's name: none is longer.
const LONGEST_TOLD: u32 = 1024 * 1024;

/// Sends an event.
pub(crate) fn send(out: &mut impl Write, event: &Event<'_>) -> io::Result<()> {
    if let Event::Row(row) = event {
        let (head, cells) = row.parts();
        out.write_all(&[ROW])?;
        out.write_all(&head)?;
        return out.write_all(cells);
    }
    let told = serde_json::to_vec(event)?;
    out.write_all(&[TOLD])?;
    out.write_all(&u32::try_from(told.len()).unwrap_or(u32::MAX).to_le_bytes())?;
    out.write_all(&told)
}

/// Takes the next event; false at the end.
pub(crate) fn receive(source: &mut impl Read, collector: &mut Collector) -> io::Result<bool> {
    let mut letter = [0];
    if source.read(&mut letter)? == 0 {
        return Ok(false);
    }
    let fault = || io::Error::from(io::ErrorKind::InvalidData);
    match letter[0] {
        ROW => collector.rows().ok_or_else(fault)?.receive(source)?,
        TOLD => {
            let mut length = [0; 4];
            source.read_exact(&mut length)?;
            let length = u32::from_le_bytes(length);
            if length > LONGEST_TOLD {
                return Err(fault());
            }
            let mut told = Vec::new();
            source.take(length.into()).read_to_end(&mut told)?;
            collector.take(serde_json::from_slice(&told)?);
        }
        _ => return Err(fault()),
    }
    Ok(true)
}
