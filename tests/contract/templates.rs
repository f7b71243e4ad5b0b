//! The pages' templates. Inside `{% call ui::table("roles", …) %} … {% endcall %}` the called macro's arguments hide
//! the page's variables of the same name: an address made with `{{ id }}` there leads to `…/roles/…`, and nothing
//! fails to compile. So no such name may stand in such a block.

use std::collections::BTreeMap;
use std::path::Path;

/// The names of each macro's arguments, by the macro's name.
type Arguments = BTreeMap<String, Vec<String>>;

/// `{{ … }}` or `{% … %}`.
struct Tag<'a> {
    line: usize,
    statement: bool,
    code: &'a str,
}

#[test]
fn no_macro_hides_a_variable_of_the_page() {
    let folder = tests::machine::workspace().join("api/src/templates");
    let arguments = arguments(&std::fs::read_to_string(folder.join("macros.html")).unwrap());
    assert!(arguments["table"].contains(&"id".to_owned()), "the macro of a table names its id");
    let mut pages = Vec::new();
    read_pages(&folder, &mut pages);
    let calls = pages.iter().filter(|(_, text)| text.contains("call ui::")).count();
    assert!(calls > 10, "only {calls} templates call a macro: this check looks in the wrong place");
    let mut faults = Vec::new();
    for (path, text) in &pages {
        faults.extend(hidden(text, &arguments).into_iter().map(|fault| format!("{path}:{fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_hidden_variable_is_found() {
    let arguments =
        arguments("{% macro table(id, caption) %}…{% endmacro %}{% macro steps() %}…{% endmacro %}");
    let page = "{{ id }}\n{% call ui::table(\"id\", caption) %}\n<a href=\"{{ row.id }}/{{ id }}\">\n\
                {% call ui::steps() %}{% if let Some(caption) = \"id\" %}{% endcall %}\n{% endcall %}{{ id }}";
    assert_eq!(hidden(page, &arguments), ["3: the macro’s own “id”", "4: the macro’s own “caption”"]);
}

/// What is hidden in a template: the line and the name.
fn hidden(text: &str, arguments: &Arguments) -> Vec<String> {
    let mut found = Vec::new();
    // The arguments of the calls around this place, outermost first.
    let mut around: Vec<Vec<String>> = Vec::new();
    for tag in tags(text) {
        let code = tag.code.trim_matches('-').trim();
        if tag.statement && code.starts_with("endcall") {
            around.pop();
            continue;
        }
        let hides: Vec<&String> = around.iter().flatten().collect();
        let names = names(code);
        for name in hides {
            if names.iter().any(|used| used == name) {
                found.push(format!("{}: the macro’s own “{name}”", tag.line));
            }
        }
        if tag.statement && code.starts_with("call") {
            let called = code.split('(').next().unwrap_or_default();
            let called = called.rsplit([':', ' ']).next().unwrap_or_default();
            around.push(arguments.get(called).cloned().unwrap_or_default());
        }
    }
    found
}

fn arguments(macros: &str) -> Arguments {
    let mut all = Arguments::new();
    for tag in tags(macros).into_iter().filter(|tag| tag.statement) {
        let code = tag.code.trim_matches('-').trim();
        let Some((name, rest)) = code.strip_prefix("macro ").and_then(|code| code.split_once('(')) else {
            continue;
        };
        let names = rest.trim_end_matches(')').split(',').filter_map(|one| one.split('=').next());
        let names = names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        all.insert(name.to_owned(), names.collect());
    }
    all
}

/// The tags of a template, without its comments.
fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|open| at + open) {
        let rest = &text[open..];
        let (closes, statement) = if rest.starts_with("{{") {
            ("}}", Some(false))
        } else if rest.starts_with("{%") {
            ("%}", Some(true))
        } else if rest.starts_with("{#") {
            ("#}", None)
        } else {
            at = open + 1;
            continue;
        };
        let Some(end) = rest.find(closes) else { break };
        if let Some(statement) = statement {
            let line = text[..open].matches('\n').count() + 1;
            found.push(Tag { line, statement, code: &rest[2..end] });
        }
        at = open + end + 2;
    }
    found
}

/// The variables that a tag names: not its strings, and not the fields of something else.
fn names(code: &str) -> Vec<String> {
    let outside: String = code.split('"').step_by(2).collect::<Vec<_>>().join(" \" ");
    let (mut found, mut name, mut field) = (Vec::new(), String::new(), false);
    for character in outside.chars().chain([' ']) {
        if character.is_alphanumeric() || character == '_' {
            name.push(character);
            continue;
        }
        if !name.is_empty() && !field {
            found.push(name.clone());
        }
        if !name.is_empty() || !character.is_whitespace() {
            field = character == '.';
        }
        name.clear();
    }
    found
}

fn read_pages(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_pages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "html")
            && path.file_name().is_some_and(|name| name != "macros.html")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}
