//! What can stand in the cell where a price is due.

use super::bytes::{PRICES, good, with_price, with_prices};
use super::case::{Case, Expect, findings};
use super::common::with_part;
use rules::money::UnitPrice;

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, xml, code) in [
        ("NaN", "<v>NaN</v>", "error_value"),
        ("infinity", "<v>inf</v>", "error_value"),
        ("minus infinity", "<v>-Infinity</v>", "error_value"),
        ("1e308", "<v>1E308</v>", "number_too_large"),
        ("1e309", "<v>1E309</v>", "error_value"),
        ("more than a million million", "<v>1000000000000.01</v>", "number_too_large"),
        ("a negative number", "<v>-12.5</v>", "negative_number"),
        ("five decimals", "<v>12.34567</v>", "too_many_decimals"),
        ("a millionth", "<v>0.000001</v>", "too_many_decimals"),
        ("a comma in a number without a type", "<v>12,50</v>", "not_a_number"),
        ("formula without a result", "<f>F5*2</f>", "formula_without_value"),
        ("formula with an empty result", "<f>F5*2</f><v></v>", "formula_without_value"),
        ("shared formula without a result", "<f t=\"shared\" si=\"0\"/>", "formula_without_value"),
        (
            "array formula without a result",
            "<f t=\"array\" ref=\"K5\">SUM(F5:H5)</f>",
            "formula_without_value",
        ),
        ("text where the type is left out", "<v>twelve</v>", "not_a_number"),
        ("an entity where the type is left out", "<v>12&amp;34</v>", "not_a_number"),
    ] {
        cases.push(Case::asked(
            format!("price: {name}"),
            with_price(&format!("<c r=\"K5\" s=\"7\">{xml}</c>")),
            code,
        ));
    }
    for (name, cell, code) in [
        ("TRUE", "<c r=\"K5\" t=\"b\"><v>1</v></c>", "not_a_number"),
        ("a date in ISO", "<c r=\"K5\" t=\"d\"><v>2027-03-01T00:00:00</v></c>", "date_for_number"),
        ("#REF!", "<c r=\"K5\" t=\"e\"><v>#REF!</v></c>", "error_value"),
        ("#N/A", "<c r=\"K5\" t=\"e\"><v>#N/A</v></c>", "error_value"),
        ("#DIV/0!", "<c r=\"K5\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>", "error_value"),
        ("#VALUE!", "<c r=\"K5\" t=\"e\"><v>#VALUE!</v></c>", "error_value"),
        ("#NAME?", "<c r=\"K5\" t=\"e\"><v>#NAME?</v></c>", "error_value"),
        ("#NUM!", "<c r=\"K5\" t=\"e\"><v>#NUM!</v></c>", "error_value"),
        ("#NULL!", "<c r=\"K5\" t=\"e\"><v>#NULL!</v></c>", "error_value"),
        (
            "a formula's text",
            "<c r=\"K5\" t=\"str\"><f>\"12\"&amp;\"pcm\"</f><v>12pcm</v></c>",
            "not_a_number",
        ),
        ("a formula as text", "<c r=\"K5\" t=\"inlineStr\"><is><t>=F5*2</t></is></c>", "not_a_number"),
        (
            "an order to a program as text",
            "<c r=\"K5\" t=\"inlineStr\"><is><t>=cmd|'/C calc'!A0</t></is></c>",
            "not_a_number",
        ),
    ] {
        cases.push(Case::asked(format!("price: {name}"), with_price(cell), code));
    }
    for (name, cell) in [
        ("#SPILL!", "<c r=\"K5\" t=\"e\"><v>#SPILL!</v></c>"),
        ("#CALC!", "<c r=\"K5\" t=\"e\"><v>#CALC!</v></c>"),
        ("#FIELD!", "<c r=\"K5\" t=\"e\"><v>#FIELD!</v></c>"),
        ("an error that nobody knows", "<c r=\"K5\" t=\"e\"><v>#OOPS!</v></c>"),
        ("a comma in a number", "<c r=\"K5\" t=\"n\"><v>12,50</v></c>"),
        ("a type that nobody knows", "<c r=\"K5\" t=\"zz\"><v>12</v></c>"),
        ("a boolean that is neither", "<c r=\"K5\" t=\"b\"><v>2</v></c>"),
        ("an element that nobody knows", "<c r=\"K5\"><w>12</w></c>"),
        ("an element inside a number", "<c r=\"K5\"><v>12<w/>34</v></c>"),
        ("two numbers", "<c r=\"K5\"><v>12</v><v>34</v></c>"),
        ("a number and a text", "<c r=\"K5\"><v>12</v><is><t>34</t></is></c>"),
        ("an entity inside a number", "<c r=\"K5\" t=\"n\"><v>12&amp;34</v></c>"),
        ("an entity that nobody knows", "<c r=\"K5\"><v>12&pound;</v></c>"),
    ] {
        let expect = Expect::P01(findings(&[("cell_unreadable", "K5"), ("error_value", "K5")]), None);
        cases.push(Case::new(format!("price: {name}"), with_price(cell), expect));
    }
    for (name, xml, e4, extra) in [
        ("noise of floats", "<v>1234.5600000000002</v>", 12_345_600, None),
        ("noise below", "<v>0.30000000000000004</v>", 3_000, None),
        ("seventeen digits", "<v>99.999999999999972</v>", 1_000_000, None),
        ("an exponent", "<v>1.2E3</v>", 12_000_000, None),
        ("the smallest price", "<v>0.0001</v>", 1, None),
        ("the largest price", "<v>999999999999</v>", 9_999_999_999_990_000, None),
        ("a formula with its result", "<f>F5*2</f><v>400</v>", 4_000_000, Some("price_by_formula")),
        (
            "a shared formula with its result",
            "<f t=\"shared\" si=\"4000000000\" ref=\"K5\">F5</f><v>200</v>",
            2_000_000,
            Some("price_by_formula"),
        ),
        ("a style that is not there", "<v>5</v>", 50_000, None),
    ] {
        let style = if name.starts_with("a style") { "9999" } else { "7" };
        let found: Vec<(&str, &str)> = extra.iter().map(|code| (*code, "K5")).collect();
        let bytes = with_price(&format!("<c r=\"K5\" s=\"{style}\">{xml}</c>"));
        cases.push(Case::new(
            format!("price: {name}"),
            bytes,
            Expect::P01(findings(&found), Some(UnitPrice(e4))),
        ));
    }
    cases.push(Case::asked(
        "price: formula's error without a result type",
        with_price("<c r=\"K5\" t=\"e\"><f>F5/0</f></c>"),
        "formula_without_value",
    ));
    cases.push(Case::new(
        "price: a blank cell with the answer Bid",
        with_price("<c r=\"K5\" s=\"7\"/>"),
        Expect::P01(findings(&[("price_missing", "K5")]), None),
    ));
    cases.push(Case::new(
        "a total that is out of date",
        with_prices(|xml| xml.replacen("<v>2932.0800000</v>", "<v>9999</v>", 1)),
        Expect::Same(findings(&[("total_differs", "L5")])),
    ));
    cases.push(Case::same(
        "totals and counts without results",
        with_prices(|xml| xml.replace("<v>2932.0800000</v>", "").replace("<v>answered</v>", "")),
        &[],
    ));
    cases.extend(formats());
    cases
}

/// Number formats: style 7 is that of prices.
fn formats() -> Vec<Case> {
    let shown = |format: &str| {
        with_part(&good(), "xl/styles.xml", |xml| {
            xml.replacen("formatCode=\"#,##0.00##\"", &format!("formatCode=\"{format}\""), 1)
        })
    };
    let prices = super::case::good_prices();
    let mut cases = Vec::new();
    for format in [
        "[$€-2] #,##0.00",
        "#,##0.00 &quot;€&quot;",
        "[$$-409]#,##0.00",
        "$#,##0.00",
        "[$EUR] 0.00",
        "0.00%",
        "#,##0,",
        "0.0,,&quot;m&quot;",
        "[$¥-411]#,##0",
    ] {
        let found = [("number_in_doubt", "K5"), ("number_in_doubt", "K6"), ("number_in_doubt", "K7")];
        let expect = Expect::Prices(findings(&found), vec![prices[3].clone()]);
        cases.push(Case::new(format!("prices shown as {format}"), shown(format), expect));
    }
    for format in ["£#,##0.00", "[$£-809]#,##0.00", "_-£* #,##0.00_-", "General", "@", "0.00_);[Red](0.00)"]
    {
        cases.push(Case::same(format!("prices shown as {format}"), shown(format), &[]));
    }
    // The format of every cell that has none of its own.
    let default = with_part(&good(), "xl/styles.xml", |xml| {
        let xml = xml.replacen(
            "<numFmts count=\"3\">",
            "<numFmts count=\"4\"><numFmt numFmtId=\"190\" formatCode=\"[$€-2] 0\"/>",
            1,
        );
        let (before, after) = xml.split_once("<cellXfs count=\"9\"><xf numFmtId=\"0\"").unwrap();
        format!("{before}<cellXfs count=\"9\"><xf numFmtId=\"190\" applyNumberFormat=\"1\"{after}")
    });
    let bare = with_part(&default, PRICES, |xml| {
        let cell = super::bytes::cell_of(&xml, "K5");
        super::bytes::without_total(&xml.replacen(&cell, "<c r=\"K5\"><v>12.3456</v></c>", 1))
    });
    cases.push(Case::new(
        "the workbook's own format is in €",
        bare,
        Expect::P01(findings(&[("number_in_doubt", "K5")]), None),
    ));
    cases.push(Case::asked(
        "price: a date",
        {
            with_part(&with_price("<c r=\"K5\" s=\"7\"><v>46447</v></c>"), "xl/styles.xml", |xml| {
                xml.replacen("#,##0.00##", "dd/mm/yyyy", 1)
            })
        },
        "date_for_number",
    ));
    if let Expect::P01(found, _) = &mut cases.last_mut().unwrap().expect {
        found.extend(findings(&[("date_for_number", "K6"), ("date_for_number", "K7")]));
    }
    let last = cases.len() - 1;
    let found = findings(&[("date_for_number", "K5"), ("date_for_number", "K6"), ("date_for_number", "K7")]);
    cases[last].expect = Expect::Prices(found, vec![prices[3].clone()]);
    cases
}
