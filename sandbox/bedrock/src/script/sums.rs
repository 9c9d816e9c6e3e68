//! Arithmetic in a person's words: `1,250 * 3`, "80 plus 15%", "20% off 50", "square root of 16".

/// Words for operators and functions, in the order in which they are tried.
const WORDS: &[(&str, Token)] = &[
    ("divided by", Token::Operator('/')),
    ("multiplied by", Token::Operator('*')),
    ("square root of", Token::Root),
    ("to the power of", Token::Operator('^')),
    ("squared", Token::Squared),
    ("plus", Token::Operator('+')),
    ("minus", Token::Operator('-')),
    ("times", Token::Operator('*')),
    ("over", Token::Operator('/')),
    ("percent", Token::Percent),
    ("sqrt", Token::Root),
    ("off", Token::Off),
    ("of", Token::Of),
    ("on", Token::Of),
    ("x", Token::Operator('*')),
];

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A number without separators of thousands.
    Number(String),
    /// One of `+-*/^`.
    Operator(char),
    Open,
    Close,
    Percent,
    Of,
    Off,
    Root,
    Squared,
    /// Anything else.
    Other,
}

/// Returns the longest calculation in `text`, in the notation of a calculator, with its byte offset.
pub(super) fn sum(text: &str) -> Option<(usize, String)> {
    let tokens = tokens(text);
    let runs = tokens.split(|(_, token)| *token == Token::Other);
    let sums = runs.filter_map(|run| {
        let run = trimmed(run)?;
        let plain: Vec<Token> = run.iter().map(|(_, token)| token.clone()).collect();
        Some((run.len(), run[0].0, written(&plain)))
    });
    sums.max_by_key(|(length, at, _)| (*length, std::cmp::Reverse(*at))).map(|(_, at, sum)| (at, sum))
}

/// Cuts what cannot begin or end a calculation; `None` if nothing is calculated in the rest.
fn trimmed(run: &[(usize, Token)]) -> Option<&[(usize, Token)]> {
    let begins = |token: &Token| matches!(token, Token::Number(_) | Token::Open | Token::Root | Token::Operator('-'));
    let ends = |token: &Token| matches!(token, Token::Number(_) | Token::Close | Token::Percent | Token::Squared);
    let first = run.iter().position(|(_, token)| begins(token))?;
    let last = run.iter().rposition(|(_, token)| ends(token))?;
    let run = run.get(first..=last)?;
    let numbers = run.iter().filter(|(_, token)| matches!(token, Token::Number(_))).count();
    let works = run.iter().skip(1).any(|(_, token)| matches!(token, Token::Operator(_) | Token::Squared))
        || run.iter().any(|(_, token)| *token == Token::Root)
        || run.windows(2).any(|pair| pair[0].1 == Token::Percent && matches!(pair[1].1, Token::Of | Token::Off));
    let least = if run.iter().any(|(_, token)| matches!(token, Token::Root | Token::Squared)) { 1 } else { 2 };
    (works && numbers >= least).then_some(run)
}

/// Writes a calculation. "80 + 15%" and "15% off 80" mean a share of what they are added to or taken from.
fn written(tokens: &[Token]) -> String {
    match tokens {
        [base @ .., Token::Operator(sign @ ('+' | '-')), Token::Number(share), Token::Percent]
            if !base.is_empty() && !base.contains(&Token::Percent) =>
        {
            let base = grouped(base);
            format!("{base} {sign} {share}% of {base}")
        }
        [Token::Number(share), Token::Percent, Token::Off, base @ ..] => {
            let base = grouped(base);
            format!("{base} - {share}% of {base}")
        }
        tokens => plain(tokens),
    }
}

fn grouped(tokens: &[Token]) -> String {
    let mut depth = 0_i32;
    let closes = tokens.iter().position(|token| {
        depth += i32::from(*token == Token::Open) - i32::from(*token == Token::Close);
        depth == 0
    });
    // One number, or one pair of parentheses around everything.
    let is_one = closes == Some(tokens.len() - 1);
    if is_one { plain(tokens) } else { format!("({})", plain(tokens)) }
}

fn plain(tokens: &[Token]) -> String {
    let mut text = String::new();
    let mut before: Option<&Token> = None;
    for token in tokens {
        let is_sign = *token == Token::Operator('-')
            && before.is_none_or(|before| matches!(before, Token::Operator(_) | Token::Open | Token::Of));
        match token {
            Token::Number(number) => text.push_str(number),
            Token::Operator(_) if is_sign => text.push('-'),
            Token::Operator('^') => text.push('^'),
            Token::Operator(operator) => text.push_str(&format!(" {operator} ")),
            Token::Open => text.push('('),
            Token::Close => text.push(')'),
            Token::Percent => text.push('%'),
            Token::Of | Token::Off => text.push_str(" of "),
            Token::Root => text.push_str("sqrt "),
            Token::Squared => text.push_str("^2"),
            Token::Other => {}
        }
        before = Some(token);
    }
    text
}

fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let (length, token) = match c {
            c if c.is_whitespace() => (c.len_utf8(), None),
            c if c.is_ascii_digit() => number(&text[at..]),
            c if c.is_alphabetic() => word(&text[at..]),
            '+' | '*' | '/' | '^' | '-' => (1, Some(Token::Operator(c))),
            '×' | '·' => (c.len_utf8(), Some(Token::Operator('*'))),
            '÷' => (c.len_utf8(), Some(Token::Operator('/'))),
            '−' => (c.len_utf8(), Some(Token::Operator('-'))),
            '%' => (1, Some(Token::Percent)),
            '(' => (1, Some(Token::Open)),
            ')' => (1, Some(Token::Close)),
            c => (c.len_utf8(), Some(Token::Other)),
        };
        tokens.extend(token.map(|token| (at, token)));
        at += length;
    }
    tokens
}

/// Reads a number. A date, a version and a number that goes on in letters are none.
fn number(text: &str) -> (usize, Option<Token>) {
    let joined = |c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | '@' | '_');
    let whole = text.split(|c| !joined(c)).next().unwrap_or_default();
    let dated = text.get(..10).filter(|date| super::dates::Date::parse(date).is_some());
    let word = dated.unwrap_or(whole.trim_end_matches(['.', ',']));
    let digits = without_thousands(word);
    let is_number = digits.parse::<f64>().is_ok() && digits.ends_with(|c: char| c.is_ascii_digit());
    match word.split_once('x').filter(|(left, _)| !is_number && left.parse::<f64>().is_ok()) {
        // "3x4"
        Some((left, _)) => (left.len(), Some(Token::Number(left.to_owned()))),
        None => (word.len(), Some(if is_number { Token::Number(digits) } else { Token::Other })),
    }
}

/// Removes the commas of "1,250,000"; leaves those of a list.
fn without_thousands(number: &str) -> String {
    let whole = number.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
    if first && groups.all(|group| group.len() == 3) { number.replace(',', "") } else { number.to_owned() }
}

fn word(text: &str) -> (usize, Option<Token>) {
    let known = WORDS.iter().find(|(words, _)| {
        let start = text.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words));
        let goes_on = |c: char| c.is_alphabetic() || (c.is_ascii_digit() && *words != "x");
        start && !text[words.len()..].starts_with(goes_on)
    });
    match known {
        Some((words, token)) => (words.len(), Some(token.clone())),
        None => (text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len()), Some(Token::Other)),
    }
}
