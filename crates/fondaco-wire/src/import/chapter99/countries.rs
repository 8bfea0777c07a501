//! The names of countries as the schedule writes them.
//!
//! A folded text goes in, ISO 3166 codes come out. Names of the Census Bureau and of the schedule
//! stand side by side. A list is taken as one piece: read word by word, "Democratic Republic of the
//! Congo" would also be Congo.

use std::sync::LazyLock;

use super::text::eat;

/// A code and the folded names it goes by, joined by `|`.
const NAMES: &[(&str, &str)] = &[
    ("AD", "andorra"),
    ("AE", "united arab emirates"),
    ("AF", "afghanistan"),
    ("AG", "antigua and barbuda"),
    ("AI", "anguilla"),
    ("AL", "albania"),
    ("AM", "armenia"),
    ("AO", "angola"),
    ("AR", "argentina"),
    ("AS", "american samoa"),
    ("AT", "austria"),
    ("AU", "australia"),
    ("AW", "aruba"),
    ("AZ", "azerbaijan"),
    ("BA", "bosnia and herzegovina|bosnia-herzegovina|bosnia"),
    ("BB", "barbados"),
    ("BD", "bangladesh"),
    ("BE", "belgium"),
    ("BF", "burkina faso"),
    ("BG", "bulgaria"),
    ("BH", "bahrain"),
    ("BI", "burundi"),
    ("BJ", "benin"),
    ("BM", "bermuda"),
    ("BN", "brunei|brunei darussalam"),
    ("BO", "bolivia|plurinational state of bolivia"),
    ("BR", "brazil"),
    ("BS", "bahamas"),
    ("BT", "bhutan"),
    ("BW", "botswana"),
    ("BY", "belarus"),
    ("BZ", "belize"),
    ("CA", "canada"),
    ("CC", "cocos (keeling) islands|cocos islands"),
    (
        "CD",
        "democratic republic of the congo|\
         congo, democratic republic of the congo (formerly za|\
         congo, democratic republic of the|congo (kinshasa)|dr congo",
    ),
    ("CF", "central african republic"),
    (
        "CG",
        "republic of the congo|congo, republic of the congo|congo, republic of the|\
         congo (brazzaville)|congo",
    ),
    ("CH", "switzerland|swiss confederation"),
    ("CI", "cote d'ivoire|ivory coast"),
    ("CK", "cook islands"),
    ("CL", "chile"),
    ("CM", "cameroon"),
    ("CN", "china|people's republic of china|prc"),
    ("CO", "colombia"),
    ("CR", "costa rica"),
    ("CU", "cuba"),
    ("CV", "cabo verde|cape verde"),
    ("CW", "curacao"),
    ("CX", "christmas island|christmas island (in the indian ocean)"),
    ("CY", "cyprus"),
    ("CZ", "czech republic|czechia"),
    ("DE", "germany|germany (federal republic of germany)|federal republic of germany"),
    ("DJ", "djibouti"),
    ("DK", "denmark|denmark, except greenland"),
    ("DM", "dominica"),
    ("DO", "dominican republic"),
    ("DZ", "algeria"),
    ("EC", "ecuador"),
    ("EE", "estonia"),
    ("EG", "egypt"),
    ("ER", "eritrea"),
    ("ES", "spain"),
    ("ET", "ethiopia"),
    ("FI", "finland"),
    ("FJ", "fiji"),
    ("FK", "falkland islands|falkland islands (islas malvinas)"),
    ("FM", "micronesia|micronesia, federated states of|federated states of micronesia"),
    ("FO", "faroe islands"),
    ("FR", "france"),
    ("GA", "gabon"),
    ("GB", "united kingdom|united kingdom of great britain and northern ireland|great britain|uk"),
    ("GD", "grenada"),
    ("GE", "georgia"),
    ("GF", "french guiana"),
    ("GH", "ghana"),
    ("GI", "gibraltar"),
    ("GL", "greenland"),
    ("GM", "gambia"),
    ("GN", "guinea"),
    ("GP", "guadeloupe"),
    ("GQ", "equatorial guinea"),
    ("GR", "greece"),
    ("GT", "guatemala"),
    ("GU", "guam"),
    ("GW", "guinea-bissau"),
    ("GY", "guyana"),
    ("HK", "hong kong"),
    ("HM", "heard island and mcdonald islands"),
    ("HN", "honduras"),
    ("HR", "croatia"),
    ("HT", "haiti"),
    ("HU", "hungary"),
    ("ID", "indonesia"),
    ("IE", "ireland"),
    ("IL", "israel"),
    ("IN", "india"),
    ("IO", "british indian ocean territory"),
    ("IQ", "iraq"),
    ("IR", "iran"),
    ("IS", "iceland"),
    ("IT", "italy"),
    ("JM", "jamaica"),
    ("JO", "jordan"),
    ("JP", "japan"),
    ("KE", "kenya"),
    ("KG", "kyrgyzstan|kyrgyz republic"),
    ("KH", "cambodia"),
    ("KI", "kiribati"),
    ("KM", "comoros"),
    ("KN", "saint kitts and nevis|st. kitts and nevis"),
    (
        "KP",
        "north korea|north korea (democratic people's republic of korea)|\
         democratic people's republic of korea",
    ),
    ("KR", "south korea|south korea (republic of korea)|republic of korea|korea"),
    ("KW", "kuwait"),
    ("KY", "cayman islands"),
    ("KZ", "kazakhstan"),
    ("LA", "laos|laos (lao people's democratic republic)|lao people's democratic republic"),
    ("LB", "lebanon"),
    ("LC", "saint lucia|st. lucia"),
    ("LI", "liechtenstein|principality of liechtenstein"),
    ("LK", "sri lanka"),
    ("LR", "liberia"),
    ("LS", "lesotho"),
    ("LT", "lithuania"),
    ("LU", "luxembourg"),
    ("LV", "latvia"),
    ("LY", "libya"),
    ("MA", "morocco"),
    ("MC", "monaco"),
    ("MD", "moldova|moldova (republic of moldova)|republic of moldova"),
    ("ME", "montenegro"),
    ("MG", "madagascar"),
    ("MH", "marshall islands|republic of the marshall islands"),
    ("MK", "north macedonia|macedonia"),
    ("ML", "mali"),
    ("MM", "burma|burma (myanmar)|myanmar|myanmar (burma)"),
    ("MN", "mongolia"),
    ("MO", "macao|macau"),
    ("MP", "northern mariana islands"),
    ("MQ", "martinique"),
    ("MR", "mauritania"),
    ("MS", "montserrat"),
    ("MT", "malta"),
    ("MU", "mauritius"),
    ("MV", "maldives"),
    ("MW", "malawi"),
    ("MX", "mexico"),
    ("MY", "malaysia"),
    ("MZ", "mozambique"),
    ("NA", "namibia"),
    ("NC", "new caledonia"),
    ("NE", "niger"),
    ("NF", "norfolk island"),
    ("NG", "nigeria"),
    ("NI", "nicaragua"),
    ("NL", "netherlands|kingdom of the netherlands"),
    ("NO", "norway"),
    ("NP", "nepal"),
    ("NR", "nauru"),
    ("NU", "niue"),
    ("NZ", "new zealand"),
    ("OM", "oman"),
    ("PA", "panama"),
    ("PE", "peru"),
    ("PF", "french polynesia"),
    ("PG", "papua new guinea"),
    ("PH", "philippines"),
    ("PK", "pakistan"),
    ("PL", "poland"),
    ("PM", "saint pierre and miquelon|st. pierre and miquelon"),
    ("PN", "pitcairn islands|pitcairn"),
    ("PR", "puerto rico"),
    (
        "PS",
        "palestine|west bank|gaza strip|gaza strip administered by israel|\
         west bank administered by israel",
    ),
    ("PT", "portugal"),
    ("PW", "palau"),
    ("PY", "paraguay"),
    ("QA", "qatar"),
    ("RE", "reunion"),
    ("RO", "romania"),
    ("RS", "serbia"),
    ("RU", "russia|russian federation"),
    ("RW", "rwanda"),
    ("SA", "saudi arabia"),
    ("SB", "solomon islands"),
    ("SC", "seychelles"),
    ("SD", "sudan"),
    ("SE", "sweden"),
    ("SG", "singapore"),
    ("SH", "saint helena|st. helena"),
    ("SI", "slovenia"),
    ("SJ", "svalbard and jan mayen"),
    ("SK", "slovakia|slovak republic"),
    ("SL", "sierra leone"),
    ("SM", "san marino"),
    ("SN", "senegal"),
    ("SO", "somalia"),
    ("SR", "suriname"),
    ("SS", "south sudan"),
    ("ST", "sao tome and principe"),
    ("SV", "el salvador"),
    ("SX", "sint maarten"),
    ("SY", "syria|syria (syrian arab republic)|syrian arab republic"),
    ("SZ", "eswatini|swaziland"),
    ("TC", "turks and caicos islands"),
    ("TD", "chad"),
    ("TF", "french southern and antarctic lands|french southern territories"),
    ("TG", "togo"),
    ("TH", "thailand"),
    ("TJ", "tajikistan"),
    ("TK", "tokelau"),
    ("TL", "timor-leste|east timor"),
    ("TM", "turkmenistan"),
    ("TN", "tunisia"),
    ("TO", "tonga"),
    ("TR", "turkey|turkiye"),
    ("TT", "trinidad and tobago"),
    ("TV", "tuvalu"),
    ("TW", "taiwan"),
    ("TZ", "tanzania|tanzania (united republic of tanzania)|united republic of tanzania"),
    ("UA", "ukraine"),
    ("UG", "uganda"),
    ("UM", "united states minor outlying islands"),
    ("US", "united states|united states of america"),
    ("UY", "uruguay"),
    ("UZ", "uzbekistan"),
    ("VA", "holy see|vatican city|holy see (vatican city)"),
    ("VC", "saint vincent and the grenadines|st. vincent and the grenadines"),
    ("VE", "venezuela"),
    ("VG", "british virgin islands"),
    ("VI", "virgin islands of the united states|u.s. virgin islands"),
    ("VN", "vietnam|viet nam"),
    ("VU", "vanuatu"),
    ("WF", "wallis and futuna"),
    ("WS", "samoa|samoa (western samoa)"),
    ("XK", "kosovo"),
    ("YE", "yemen|yemen (republic of yemen)"),
    ("YT", "mayotte"),
    ("ZA", "south africa"),
    ("ZM", "zambia"),
    ("ZW", "zimbabwe"),
];

/// The members of the European Union; its overseas countries and territories are none.
const UNION: &[&str] = &[
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
];

/// What the Union goes by.
const UNION_NAMES: &[&str] = &[
    "european union",
    "eu",
    "member countries of the european union",
    "member states of the european union",
    "any member country of the european union",
    "any member state of the european union",
    "european union member states",
];

/// Every code, by code.
pub(super) static CODES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut all: Vec<&str> = NAMES.iter().map(|(code, _)| *code).collect();
    all.sort_unstable();
    all
});

/// Names with what they stand for, the longest first.
static BY_NAME: LazyLock<Vec<(&str, &[&str])>> = LazyLock::new(|| {
    let one = |(code, names): &'static (&'static str, &'static str)| {
        names.split('|').map(move |name| (name, std::slice::from_ref(code)))
    };
    let mut all: Vec<(&str, &[&str])> = NAMES.iter().flat_map(one).collect();
    all.extend(UNION_NAMES.iter().map(|name| (*name, UNION)));
    all.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    all
});

/// The country or countries named where the text begins, and how long the name is.
pub(super) fn name_at(text: &str) -> Option<(&'static [&'static str], usize)> {
    let mut rest = text;
    eat(&mut rest, "the ");
    let ends =
        |rest: &str| !rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '\'' || c == '-');
    let (name, codes) =
        BY_NAME.iter().find(|(name, _)| rest.strip_prefix(name).is_some_and(ends))?;
    Some((codes, text.len() - rest.len() + name.len()))
}

/// What may stand between two names, longer before shorter.
const BETWEEN: &[&str] = &[
    ", including ",
    ", or of ",
    ", or ",
    ", and of ",
    ", and ",
    ", of ",
    ", ",
    " and of ",
    " and ",
    " or of ",
    " or ",
    " including ",
];

/// The longest list `A, B, or C` that begins the text, and how long it is; empty where none does.
pub(super) fn list_at(text: &str) -> (Vec<&'static str>, usize) {
    let mut all: Vec<&'static str> = Vec::new();
    let (mut rest, mut end) = (text, 0);
    while let Some((codes, len)) = name_at(rest) {
        for code in codes {
            if !all.contains(code) {
                all.push(code);
            }
        }
        rest = rest.get(len..).unwrap_or_default();
        end = text.len() - rest.len();
        skip_aside(&mut rest);
        if !BETWEEN.iter().any(|between| eat(&mut rest, between)) {
            break;
        }
        eat(&mut rest, "of ");
    }
    (all, end)
}

/// Passes over what may be said of one country of a list: `(as specified in …)`.
fn skip_aside(rest: &mut &str) {
    if let Some(inside) = rest.strip_prefix(" (") {
        let mut depth = 1usize;
        for (at, c) in inside.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                *rest = inside.get(at + 1..).unwrap_or_default();
                break;
            }
        }
    }
    let mut aside = *rest;
    if !eat(&mut aside, " ") {
        return;
    }
    eat(&mut aside, "(");
    eat(&mut aside, "as ");
    if !["specified in ", "enumerated in "].iter().any(|word| eat(&mut aside, word)) {
        return;
    }
    let comma = aside.find(',').unwrap_or(aside.len());
    let (within, after) = aside.split_at(comma);
    if let Some(at) = within.find(" or of ") {
        *rest = aside.get(at..).unwrap_or_default();
    } else if [", of ", ", and of ", ", or of "].iter().any(|next| after.starts_with(next)) {
        *rest = after;
    }
}
