//! The error summary names its fields: “Title: enter a text.” The summary stands above the fields whose labels it needs, so
//! it is completed once the page is rendered.

const OPENS: &str = "<div class=\"cl-errors\"";
const LINK: &str = "<a href=\"#";

/// The page with the label of its field before each error in the summary, where the error does not speak of it anyway.
pub(super) fn named(html: String) -> String {
    let Some(start) = html.find(OPENS) else { return html };
    let Some(length) = html[start..].find("</div>") else { return html };
    let (before, rest) = html.split_at(start);
    let (summary, after) = rest.split_at(length);
    let mut links = summary.split(LINK);
    let mut told = String::with_capacity(html.len() + 256);
    told.push_str(before);
    told.push_str(links.next().unwrap_or_default());
    for link in links {
        told.push_str(LINK);
        told.push_str(named_link(link, after).as_deref().unwrap_or(link));
    }
    told.push_str(after);
    told
}

/// A link (from its id on) with the label, or none where it stays as it is.
fn named_link(link: &str, page: &str) -> Option<String> {
    let (id, rest) = link.split_once("\">")?;
    let (message, rest) = rest.split_once("</a>")?;
    let label = label(page, id).filter(|label| !speaks_of(message, label))?;
    Some(format!("{id}\">{label}: {}</a>{rest}", begun_small(message)))
}

/// What the field with this id is called: its label, or the legend of the group it is the first of.
fn label<'p>(page: &'p str, id: &str) -> Option<&'p str> {
    let above = &page[..page.find(&format!(" id=\"{id}\""))?];
    let group = above.rfind("<fieldset").map(|open| &above[open..]);
    let named = match group.filter(|group| !group.contains("</fieldset>")) {
        Some(group) => group[group.find("<legend")?..].split("</legend>").next()?,
        None => page[page.find(&format!(" for=\"{id}\""))?..].split("</label>").next()?,
    };
    let (_, text) = named.split_once('>')?;
    Some(text.trim()).filter(|text| !text.is_empty() && !text.contains('<'))
}

/// Whether a message names what a label names, in one of its telling words.
fn speaks_of(message: &str, label: &str) -> bool {
    const TELL_NOTHING: [&str; 5] = ["amount", "date", "number", "text", "your"];
    let message = message.to_lowercase();
    label
        .to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.chars().count() > 3 && !TELL_NOTHING.contains(word))
        .any(|word| message.contains(word))
}

/// A sentence as it goes on after a colon; names in capitals stay.
fn begun_small(sentence: &str) -> String {
    let mut rest = sentence.chars();
    match (rest.next(), rest.clone().next()) {
        (Some(first), Some(' ' | 'a'..='z')) => first.to_lowercase().chain(rest).collect(),
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    fn page(id: &str, message: &str, fields: &str) -> String {
        format!(
            "<a href=\"#main\">Skip</a><div class=\"cl-errors\"><ul><li><a href=\"#{id}\">{message}</a></li></ul></div>{fields}"
        )
    }

    #[test]
    fn an_error_that_names_nothing_gets_its_label() {
        let text = "<label class=\"cl-label\" for=\"title\">Title</label><input id=\"title\">";
        assert!(named(page("title", "Enter a text.", text)).contains(">Title: enter a text.</a>"));
        let group = "<fieldset><legend class=\"cl-label\">Commitment</legend><input id=\"firm\">\
                     <label for=\"firm\">Firm</label></fieldset>";
        let chosen = named(page("firm", "Choose one of the answers.", group));
        assert!(
            chosen.contains(">Commitment: choose one of the answers.</a>"),
            "the group, not its first answer"
        );
        let behind = format!("{group}{text}");
        assert!(named(page("title", "Enter a text.", &behind)).contains(">Title: enter a text.</a>"));
    }

    #[test]
    fn an_error_that_names_its_field_or_no_field_stays() {
        let field = "<label for=\"password\">New password</label><input id=\"password\">";
        for (id, message) in
            [("password", "Choose a password of at least 12 characters."), ("elsewhere", "Enter a text.")]
        {
            let whole = page(id, message, field);
            assert_eq!(named(whole.clone()), whole);
        }
        let plain = "<p>No form</p>".to_owned();
        assert_eq!(named(plain.clone()), plain);
    }

    #[test]
    fn capitals_stay() {
        let field = "<label for=\"ppon\">Identifier</label><input id=\"ppon\">";
        assert!(named(page("ppon", "PPON it is.", field)).contains(">Identifier: PPON it is.</a>"));
    }
}
