//! Goods looked for from outside, over a small nomenclature.
#![expect(clippy::expect_used, reason = "a test may stop")]

use expect_test::{Expect, expect};
use fondaco_search::data::Data;
use fondaco_search::{Answer, LEARNT, Search};

const NAMES: &str = "code,lang,name,more
0203,en,Meat of swine,
020329,en,Meat of swine > Frozen > Other,
020329,ru,Свинина > мороженая > прочая,
020329,zh,其他冻猪肉,
0902,en,Tea,
090210,en,Tea > Green tea in packings of 3 kg or less,
090210,ru,Чай > чай зеленый,
090210,zh,绿茶，内包装每件净重不超过3千克,
8471,en,Automatic data processing machines,
847130,en,Automatic data processing machines > Portable,
847130,ru,Вычислительные машины > портативные,
847130,zh,便携式自动数据处理设备,
";
const WORDS: &str = "code,lang,text,source
847130,en,laptop,ours
847130,ru,ноутбук,ours
847130,zh,笔记本电脑,ours
020329,en,frozen pork,reference
090210,en,green tea bags,trader
,en,gift set,vague
,en,large blue,vague
";

fn search() -> Search {
    let data = Data::read(NAMES.as_bytes(), WORDS.as_bytes()).expect("the rows are right");
    Search::new(data, LEARNT).expect("memory holds an index")
}

/// The first code, or why it is asked back.
fn check(text: &str, want: &Expect) {
    let said = match search().find(text, 5) {
        Answer::Found(hits) => {
            hits.first().map_or("nothing".to_owned(), |h| format!("{} {}", h.code, h.name.en))
        }
        Answer::Vague(question) => format!("{}: {}", question.why.tag(), question.ask.zh),
    };
    want.assert_eq(&said);
}

#[test]
fn goods_are_found_in_three_languages() {
    let laptop = expect!["847130 Automatic data processing machines > Portable"];
    for text in ["ноутбук", "НОУТБУКИ", "笔记本电脑", "便携式设备"] {
        check(text, &laptop);
    }
    check("绿茶", &expect!["090210 Tea > Green tea in packings of 3 kg or less"]);
    check("свинина мороженая", &expect!["020329 Meat of swine > Frozen > Other"]);
}

#[test]
fn words_that_say_too_little_are_asked_back() {
    for (text, want) in [
        ("black, large, 12", "looks"),
        ("12345", "looks"),
        ("样品", "broad"),
        ("запчасти", "broad"),
        ("", "unknown"),
        ("щщщщ", "unknown"),
    ] {
        let answer = search().find(text, 5);
        assert!(matches!(answer, Answer::Vague(q) if q.why.tag() == want), "{text}");
    }
}

#[test]
fn case_order_and_punctuation_do_not_matter() {
    let search = search();
    let codes = |text: &str| search.rank(text).codes;
    let one = codes("green tea bags");
    for text in ["BAGS, tea; GREEN", "Tea-bags (green)", "  green   tea bags!"] {
        assert_eq!(codes(text), one, "{text}");
    }
}

/// The chances of codes that English words may mean add up to one, whatever was said.
#[test]
fn codes_of_english_words_share_one_whole() {
    for text in ["green tea bags", "frozen", "portable pork", "tea ноутбук"] {
        let whole: f64 = search().rank(text).codes.iter().map(|(_, chance)| chance).sum();
        assert!((whole - 1.0).abs() < 1e-9, "{text}: {whole}");
    }
}

#[test]
fn a_heading_chosen_shows_its_codes_and_no_others() {
    for text in ["laptop", "portable", "щщщщ", ""] {
        let hits = search().within(text, "8471");
        let codes: Vec<&str> = hits.iter().map(|h| h.code.as_str()).collect();
        assert_eq!(codes, ["847130"], "{text}");
    }
    assert!(search().within("laptop", "9999").is_empty());
}

#[test]
fn lines_with_the_most_of_the_words_stand_first() {
    let names = ["Fresh", "Frozen > Bellies", "Frozen > Hams"].map(|en| {
        let mut name = fondaco::finding::Trilingual::default();
        en.clone_into(&mut name.en);
        name
    });
    let lines = ["0203190000", "0203291500", "0203299000"].into_iter().zip(&names);
    let near = search().nearest("HAMS, frozen", lines, 2);
    let codes: Vec<&str> = near.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["0203299000", "0203291500"]);
}
