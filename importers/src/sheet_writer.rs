//! What all written workbooks share: formats, widths, tables, protection, print setup.

use rust_xlsxwriter::{
    Color, Format, FormatAlign, FormatBorder, ProtectionOptions, Table, TableColumn, TableStyle, Worksheet,
    XlsxError,
};

/// A workbook could not be written: a text longer than a cell takes, or more rows than a sheet has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteFault(pub String);

impl std::fmt::Display for WriteFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the workbook could not be written: {}", self.0)
    }
}

impl std::error::Error for WriteFault {}

impl From<XlsxError> for WriteFault {
    fn from(fault: XlsxError) -> Self {
        Self(fault.to_string())
    }
}

/// The formats of cells.
pub(crate) struct Formats {
    pub(crate) title: Format,
    pub(crate) note: Format,
    pub(crate) header: Format,
    /// Text that is told.
    pub(crate) told: Format,
    /// Numbers that are told.
    pub(crate) number: Format,
    /// Money that is calculated.
    pub(crate) money: Format,
    /// Text that is asked.
    pub(crate) asked: Format,
    /// A price that is asked.
    pub(crate) asked_price: Format,
    /// A volume that is asked.
    pub(crate) asked_number: Format,
}

impl Formats {
    pub(crate) fn new() -> Self {
        let cell = || {
            Format::new()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00B1_B4B6))
        };
        let asked = || cell().set_background_color(Color::RGB(0x00FF_F7D6)).set_unlocked();
        Self {
            title: Format::new().set_bold().set_font_size(16),
            note: Format::new().set_align(FormatAlign::Top),
            header: cell()
                .set_bold()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x001D_3557)),
            told: cell(),
            number: cell().set_num_format("#,##0.###"),
            money: cell().set_num_format("#,##0.00"),
            asked: asked(),
            asked_price: asked().set_num_format("#,##0.00##"),
            asked_number: asked().set_num_format("#,##0.###"),
        }
    }
}

/// Marks rows as one table with the headers, freezes what is above its first row and repeats it in print.
pub(crate) fn table(
    sheet: &mut Worksheet,
    name: &str,
    header: u32,
    rows: u32,
    headers: &[String],
    formats: &Formats,
) -> Result<(), WriteFault> {
    let columns: Vec<TableColumn> = headers
        .iter()
        .map(|text| TableColumn::new().set_header(text).set_header_format(&formats.header))
        .collect();
    let last = u16::try_from(headers.len().saturating_sub(1))
        .map_err(|_| WriteFault("more columns than a sheet has".to_owned()))?;
    let table = Table::new().set_name(name).set_columns(&columns).set_style(TableStyle::None);
    sheet.add_table(header, 0, header + rows.max(1), last, &table)?;
    sheet.set_freeze_panes(header + 1, 1)?;
    sheet.set_repeat_rows(header, header)?;
    Ok(())
}

/// A4, landscape, one page wide, the footer's text with page numbers.
pub(crate) fn print_setup(sheet: &mut Worksheet, footer: &str) {
    let footer = footer.replace('&', "&&");
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_footer(format!("&L{footer}&RPage &P of &N"));
}

/// A first sheet in plain words: what each heading means, for people who have not filled in such a sheet before.
pub(crate) fn guide(
    sheet: &mut Worksheet,
    title: &str,
    lines: &[(&str, String)],
    formats: &Formats,
) -> Result<(), WriteFault> {
    sheet.set_name("Instructions")?;
    sheet.set_column_width(0, 30)?.set_column_width(1, 90)?;
    sheet.write_string_with_format(0, 0, title, &formats.title)?;
    for (row, (name, text)) in (1..).zip(lines) {
        sheet.write_string_with_format(row, 0, *name, &formats.told)?;
        sheet.write_string_with_format(row, 1, text, &formats.told)?;
    }
    print_setup(sheet, title);
    protect(sheet);
    Ok(())
}

/// Locks what is told and leaves what is asked open; without a password, and with sorting, filtering and resizing.
pub(crate) fn protect(sheet: &mut Worksheet) {
    let options = ProtectionOptions {
        sort: true,
        use_autofilter: true,
        format_columns: true,
        format_rows: true,
        ..ProtectionOptions::new()
    };
    sheet.protect_with_options(&options);
}

/// A decimal text as the float that a sheet stores. Fifteen digits survive.
pub(crate) fn float(text: &str) -> Result<f64, WriteFault> {
    text.parse::<f64>().map_err(|_| WriteFault(format!("“{text}” is not a number")))
}

/// A length as a row count.
pub(crate) fn rows(count: usize) -> Result<u32, WriteFault> {
    u32::try_from(count)
        .ok()
        .filter(|count| *count < 1_000_000)
        .ok_or_else(|| WriteFault("more rows than a sheet has".to_owned()))
}
