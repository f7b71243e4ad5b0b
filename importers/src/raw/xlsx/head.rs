//! What cells and rows say of themselves in their tags.

use quick_xml::events::BytesStart;

use super::super::xml::Attributes;
use super::place::{place_of, row_index};
use super::sheet::Stop;
use super::value::Type;

/// What a cell says of itself.
#[derive(Clone, Copy, Default)]
pub(super) struct Head {
    pub(super) place: Option<(u32, u32)>,
    pub(super) style: Option<usize>,
    pub(super) kind: Type,
}

impl Head {
    pub(super) fn of(tag: &BytesStart<'_>) -> Result<Self, Stop> {
        let mut head = Self::default();
        let mut seen = 0u8;
        for attribute in Attributes(tag.attributes_raw()) {
            let (name, value) = attribute.map_err(|()| unwritten())?;
            let bit = match name {
                "r" => {
                    let place = place_of(value.as_bytes());
                    head.place = Some(place.ok_or_else(|| Stop::Here(format!("it has a cell {value:?}")))?);
                    1
                }
                "s" => {
                    head.style = value.parse().ok();
                    2
                }
                "t" => {
                    head.kind = Type::of(value.as_bytes());
                    4
                }
                _ => 0,
            };
            if seen & bit != 0 {
                return Err(unwritten());
            }
            seen |= bit;
        }
        Ok(head)
    }
}

fn unwritten() -> Stop {
    Stop::Here("it has a cell or row whose attributes are not written as they should be".to_owned())
}

/// The zero-based row that a row says it is.
pub(super) fn row_of(tag: &BytesStart<'_>) -> Result<Option<u32>, Stop> {
    let mut row = None;
    for attribute in Attributes(tag.attributes_raw()) {
        let (name, value) = attribute.map_err(|()| unwritten())?;
        if name == "r" {
            let found = row_index(value.as_bytes());
            let found = found.ok_or_else(|| Stop::Here(format!("it has a row {value:?}")))?;
            if row.replace(found).is_some() {
                return Err(unwritten());
            }
        }
    }
    Ok(row)
}
