//! People who are named without an address: `Bob` in "Bob's groups", "the groups of Bob" or "look up Bob".

/// Words before the name of a person.
const BEFORE: &str = "of for up about on user account person colleague disable deactivate suspend delete erase enable \
                      activate reactivate unsuspend is and reset if";

/// Words that no name is, with or without a capital.
const NOT_NAMES: &str = "i my me mine the a an all every everyone everybody this that these those it its they them their \
    he him his she her what who which when where there here how let today tomorrow yesterday user users account accounts \
    person colleague company team group groups task tasks repo repos repository repositories weather status password okta \
    github auth0 monday tuesday wednesday thursday friday saturday sunday january february march april may june july august \
    september october november december christmas show list look find give tell then also not please and or if is are \
    one some any you your our we in on of for to at as with work vpn it's \
    thanks thank hello hi hey yes no ok okay help stop reset";

/// Returns the name of a person in `text`, without a possessive ending. A capital is required, except in "bob's" and
/// "look up bob".
pub(super) fn bare_name(text: &str) -> Option<&str> {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let owner = words.iter().find_map(|word| possessor(word).filter(|name| is_name(name)));
    let object = words.windows(2).find_map(|pair| {
        let before = pair[0].to_lowercase();
        let is_after = BEFORE.split_whitespace().any(|word| word == before);
        let fits = is_name(pair[1]) && (is_capital(pair[1]) || before == "up");
        (is_after && fits).then_some(pair[1])
    });
    owner.or(object)
}

/// Returns the only name of a short message such as "and Bob?" or "what about Eve".
pub(super) fn only_name(text: &str) -> Option<&str> {
    let mut names = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .map(|word| possessor(word).unwrap_or(word))
        .skip_while(|word| ["And", "What", "How", "Same", "Also"].contains(word))
        .filter(|word| is_capital(word) && is_name(word));
    let name = names.next()?;
    names.next().is_none().then_some(name)
}

fn possessor(word: &str) -> Option<&str> {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"))
}

fn is_capital(word: &str) -> bool {
    word.starts_with(char::is_uppercase)
}

fn is_name(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.chars().count() > 1
        && lower.chars().all(|c| c.is_alphabetic() || c == '-')
        && !NOT_NAMES.split_whitespace().any(|other| other == lower)
}
