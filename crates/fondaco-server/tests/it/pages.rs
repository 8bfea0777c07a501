//! The pages that are asked: what goods will pay and show, what changed, what the law of the house is;
//! in three languages, and with a bad question said in words.

use std::path::Path;

use expect_test::{Expect, expect};

use crate::http::House;

/// What a page says, one line for each row, heading or paragraph of its main part.
fn said(page: &str) -> String {
    let main = page.split("<main").nth(1).and_then(|m| m.split("</main>").next()).unwrap();
    let mut text = String::new();
    for (n, part) in main.split('<').enumerate() {
        let (tag, rest) = part.split_once('>').unwrap_or(("", part));
        let name = tag.split([' ', '\n']).next().unwrap();
        match name {
            "tr" | "p" | "/p" | "h1" | "h2" | "h3" | "h4" | "li" | "/ul" | "/table" | "/dl"
            | "div" | "summary" | "/summary" | "/form" => text.push('\n'),
            "th" | "td" | "dd" | "strong" | "select" if n > 0 => text.push_str(" | "),
            "span" if tag.contains("term") || tag.contains("tag") => text.push_str(" | "),
            "br" => text.push(' '),
            _ => {}
        }
        text.push_str(rest);
    }
    for (from, to) in
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#38;", "&"), ("&#39;", "'")]
    {
        text = text.replace(from, to);
    }
    let clean = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ").replace("| |", "|").trim_matches([' ', '|']).to_owned()
    };
    let lines: Vec<String> = text.lines().map(clean).filter(|l| !l.is_empty()).collect();
    lines.join("\n") + "\n"
}

/// The page in a language.
fn page(house: &House, path: &str, language: &str, status: u16) -> String {
    let join = if path.contains('?') { '&' } else { '?' };
    let got = house.get(&format!("{path}{join}lang={language}"));
    let body = String::from_utf8(got.body.clone()).unwrap();
    assert_eq!(got.status, status, "{path}: {body}");
    assert_eq!(got.header("content-language"), language);
    assert!(!body.contains("<script") && !body.contains(" style=\""), "{path}");
    assert_eq!(body.matches("<h1").count(), 1, "{path}");
    body
}

#[track_caller]
fn check(house: &House, path: &str, wanted: [Expect; 3]) {
    for (language, wanted) in ["en", "zh", "ru"].into_iter().zip(wanted) {
        let page = page(house, path, language, 200);
        // The form before the answer and the acts behind it are looked at elsewhere.
        let answer = page.split("<h2 id=\"answer\"").nth(1).unwrap();
        let answer = answer.split("<h2 id=\"acts\"").next().unwrap();
        wanted.assert_eq(&said(&format!("<main><h2{answer}</main>")));
    }
}

fn eaeu(at: &Path) -> House {
    House::start(at, &["--pack", "eaeu", "--sandbox"])
}

#[test]
fn what_goods_will_pay_and_show_is_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let house = eaeu(dir.path());
    check(
        &house,
        "/requirements?code=2931+41+000+0&origin=DE&from=&to=&regime=&procedure=&on=2026-11-25",
        [
            expect![[r#"
                2931410000 Соединения органо-неорганические прочие > негалогенированные фосфорорганические производные > диметилметилфосфонат
                Direction | Import
                Country of origin | DE
                Day whose law applies | 2026-11-25
                What this answer does not cover
                The pack holds no tariff quotas: whether one is open cannot be told.
                Duties and taxes
                Duty or tax | Rate | Condition | In force | Basis
                2010 Import customs duty | 5 % of the base | — | 2026-03-08 – | eaeu-ett
                5010 Value-added tax | 22 % of the base | — | 2026-01-01 – | ru-425-fz, article 2(9); Tax Code article 164(3) | ours
                1010 Customs fee for customs operations
                from a customs value of 10,000,000.01 RUB: | 73,860 RUB
                from a customs value of 5,500,000.01 RUB: | 49,240 RUB
                from a customs value of 4,200,000.01 RUB: | 21,344 RUB
                from a customs value of 2,700,000.01 RUB: | 18,465 RUB
                from a customs value of 1,200,000.01 RUB: | 13,541 RUB
                from a customs value of 450,000.01 RUB: | 4,924 RUB
                from a customs value of 200,000.01 RUB: | 2,462 RUB
                below a customs value of 200,000.01 RUB: | 1,231 RUB
                — | 2026-01-01 – | ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025 | ours
                What has to be shown
                Requirement | Who decides | Documents that satisfy it | How long, days | Cost | What happens without | Basis
                Licence Chemicals with a phosphorus atom bonded to one methyl, ethyl or propyl group and to no further carbon (fonofos excepted): Schedule 2. To and from States Parties only, declared to the National Authority; products with little of it and goods packed for retail are outside under decisions of the Conference, which is for the agency to say TR-CWC-2B04 | The agency has to say | Written off on it: quantity | National Authority under the Chemical Weapons Convention | — | not known | not known | held until the National Authority has said whether the transfer is allowed | cwc, Annex on Chemicals, Schedule 2 B(4); Verification Annex, Part VII, paragraphs 31 and 32
                What changed for this code in the year before · The answer as JSON
            "#]],
            expect![[r#"
                2931410000 Соединения органо-неорганические прочие > негалогенированные фосфорорганические производные > диметилметилфосфонат
                进出口方向 | 进口
                原产国（地区） | DE
                适用法律的日期 | 2026-11-25
                本答复未涵盖的内容
                数据包中没有关税配额：无法告知是否有可用配额。
                税费
                税种 | 税率 | 条件 | 有效期 | 依据
                2010 进口关税 | 5%（按计税基础） | — | 2026-03-08 – | eaeu-ett
                5010 增值税 | 22%（按计税基础） | — | 2026-01-01 – | ru-425-fz, article 2(9); Tax Code article 164(3) | 自编
                1010 海关手续费
                完税价格达到 10,000,000.01 RUB: | 73,860 RUB
                完税价格达到 5,500,000.01 RUB: | 49,240 RUB
                完税价格达到 4,200,000.01 RUB: | 21,344 RUB
                完税价格达到 2,700,000.01 RUB: | 18,465 RUB
                完税价格达到 1,200,000.01 RUB: | 13,541 RUB
                完税价格达到 450,000.01 RUB: | 4,924 RUB
                完税价格达到 200,000.01 RUB: | 2,462 RUB
                完税价格低于 200,000.01 RUB: | 1,231 RUB
                — | 2026-01-01 – | ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025 | 自编
                须提交的单证
                要求 | 决定机构 | 可满足要求的单证 | 所需天数 | 费用 | 缺少时的后果 | 依据
                许可证 含有一个磷原子并有一个甲基、乙基或丙基原子团与之结合但不与其他碳原子结合的化学品（地虫磷除外）：附表2化学品。仅可与缔约国之间转让，并向国家主管部门申报；低浓度产品和零售包装品依缔约国大会决定可不受限，由主管部门判定 TR-CWC-2B04 | 待主管机构确认 | 按此核销: 数量 | 《禁止化学武器公约》国家主管部门 | — | 未知 | 未知 | 在国家主管部门确认是否允许转让前不予放行 | cwc, Annex on Chemicals, Schedule 2 B(4); Verification Annex, Part VII, paragraphs 31 and 32
                此前一年该税号的变动 · JSON 形式的答复
            "#]],
            expect![[r#"
                2931410000 Соединения органо-неорганические прочие > негалогенированные фосфорорганические производные > диметилметилфосфонат
                Направление | Ввоз
                Страна происхождения | DE
                День, закон которого применён | 2026-11-25
                Чего нет в этом ответе
                В пакете данных нет тарифных квот: открыта ли квота, сказать нельзя.
                Пошлины, налоги, сборы
                Платёж | Ставка | Условие | Действует | Основание
                2010 Ввозная таможенная пошлина | 5 % от основы | — | 2026-03-08 – | eaeu-ett
                5010 Налог на добавленную стоимость | 22 % от основы | — | 2026-01-01 – | ru-425-fz, article 2(9); Tax Code article 164(3) | наша
                1010 Таможенный сбор за таможенные операции
                при таможенной стоимости от 10 000 000,01 RUB: | 73 860 RUB
                при таможенной стоимости от 5 500 000,01 RUB: | 49 240 RUB
                при таможенной стоимости от 4 200 000,01 RUB: | 21 344 RUB
                при таможенной стоимости от 2 700 000,01 RUB: | 18 465 RUB
                при таможенной стоимости от 1 200 000,01 RUB: | 13 541 RUB
                при таможенной стоимости от 450 000,01 RUB: | 4 924 RUB
                при таможенной стоимости от 200 000,01 RUB: | 2 462 RUB
                при таможенной стоимости ниже 200 000,01 RUB: | 1 231 RUB
                — | 2026-01-01 – | ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025 | наша
                Что нужно представить
                Требование | Кто решает | Подходящие документы | Сколько дней | Стоимость | Что будет без этого | Основание
                Лицензия Химикаты с атомом фосфора, связанным с одной метильной, этильной или пропильной группой, но не с другими атомами углерода (кроме фонофоса): список 2. Только в государства-участники и из них, с объявлением Национальному органу; продукты с малым содержанием и розничная упаковка по решениям Конференции не охвачены, о чём судит ведомство TR-CWC-2B04 | Решает ведомство | По нему списывается: количество | Национальный орган по Конвенции о запрещении химического оружия | — | неизвестно | неизвестно | товар задерживают, пока Национальный орган не сообщит, допустима ли передача | cwc, Annex on Chemicals, Schedule 2 B(4); Verification Annex, Part VII, paragraphs 31 and 32
                Что изменилось для этого кода за год · Ответ в форме JSON
            "#]],
        ],
    );
}

#[test]
fn a_heading_leads_to_its_lines_and_quotas_say_what_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let house = eaeu(dir.path());
    let body = page(&house, "/requirements?code=840820&origin=DE&on=2026-11-25", "ru", 200);
    let link = "href=\"?code=8408201000&#38;origin=DE&#38;on=2026-11-25\"";
    assert!(body.contains(link), "{body}");
    assert!(body.contains("<select"), "{body}");

    let dir = tempfile::tempdir().unwrap();
    let house = crate::quotas::house(dir.path(), "400,2026-11-20");
    let body = page(&house, "/requirements?code=9503003500&origin=CN&on=2026-11-25", "zh", 200);
    let text = said(&body);
    assert!(text.contains("050001"), "{text}");
    assert!(text.contains("400 KGM | 1,000 KGM"), "{text}");
}

#[test]
fn a_scheme_says_its_proofs_and_rules_on_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let path = "/requirements?code=9503003500&origin=VN&on=2026-11-25";
    let answer = house.get(&format!("/v1{path}")).json();
    let schemes = answer["schemes"].as_array().unwrap();
    assert!(!schemes.is_empty(), "{answer}");
    for language in ["en", "zh", "ru"] {
        let text = said(&page(&house, path, language, 200));
        for scheme in schemes {
            assert!(text.contains(scheme["title"].as_str().unwrap()), "{text}");
            for proof in scheme["proofs"].as_array().unwrap() {
                let summary = proof["summary"].as_str().unwrap();
                let first = summary.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(text.contains(&first), "{first}: {text}");
            }
        }
    }
}

#[test]
fn why_a_line_changed_is_a_page() {
    let dir = tempfile::tempdir().unwrap();
    let house = eaeu(dir.path());
    check(
        &house,
        "/explain?code=8703231940&origin=CN&since=2025-06-01&until=2026-11-01",
        [
            expect![[r#"
            8703231940 2025-06-01 – 2026-11-01 · Country of origin CN
            The rate is not held on the second day: 4000 Excise, UTS Recycling fee
            2026-01-01 5010 Value-added tax
            From 2026-01-01 Value-added tax is 22% instead of 20%. Act: Federal Law No 425-FZ: VAT at 22 % from 2026 (Федеральный закон от 28.11.2025 № 425-ФЗ, статья 2), article 2(9); Tax Code article 164(3).
            Rate | Basis
            Before | 20 % of the base | ru-303-fz, amending article 164(3) of the Tax Code
            From that day | 22 % of the base | ru-425-fz, article 2(9); Tax Code article 164(3)
            2026-01-01 1010 Customs fee for customs operations
            From 2026-01-01 Customs fee for customs operations is by bands from 1231 RUB to 73860 RUB instead of by bands from 1067 RUB to 30000 RUB. Act: Customs fees for customs operations (Постановление Правительства РФ от 28.11.2024 № 1637 в редакции от 23.10.2025 № 1638), item 1 as amended by Decree No 1638 of 23 October 2025.
            Rate | Basis
            Before
            from a customs value of 7,000,000.01 RUB: | 30,000 RUB
            from a customs value of 5,500,000.01 RUB: | 27,540 RUB
            from a customs value of 4,200,000.01 RUB: | 21,344 RUB
            from a customs value of 2,700,000.01 RUB: | 16,524 RUB
            from a customs value of 1,200,000.01 RUB: | 11,746 RUB
            from a customs value of 450,000.01 RUB: | 4,269 RUB
            from a customs value of 200,000.01 RUB: | 2,134 RUB
            below a customs value of 200,000.01 RUB: | 1,067 RUB
            ru-pp-1637, item 1
            From that day
            from a customs value of 10,000,000.01 RUB: | 73,860 RUB
            from a customs value of 5,500,000.01 RUB: | 49,240 RUB
            from a customs value of 4,200,000.01 RUB: | 21,344 RUB
            from a customs value of 2,700,000.01 RUB: | 18,465 RUB
            from a customs value of 1,200,000.01 RUB: | 13,541 RUB
            from a customs value of 450,000.01 RUB: | 4,924 RUB
            from a customs value of 200,000.01 RUB: | 2,462 RUB
            below a customs value of 200,000.01 RUB: | 1,231 RUB
            ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025
            2026-01-22 2010 Import customs duty
            From 2026-01-22 Import customs duty is 15% instead of not known. Act: Common Customs Tariff of the Eurasian Economic Union (Решение Совета Евразийской экономической комиссии от 14.09.2021 № 80, в редакции на день каждой строки).
            Rate | Basis
            Before | not known
            From that day | 15 % of the base | eaeu-ett
            The answer as JSON · What goods will pay and show
        "#]],
            expect![[r#"
            8703231940 2025-06-01 – 2026-11-01 · 原产国（地区） CN
            数据包中没有截止日的税率： 4000 消费税（俄）, UTS 报废处置费
            2026-01-01 5010 增值税
            自2026-01-01起，增值税由 20% 改为 22%。依据：第425-FZ号联邦法律：2026年起增值税税率22% (Федеральный закон от 28.11.2025 № 425-ФЗ, статья 2)，article 2(9); Tax Code article 164(3)。
            税率 | 依据
            变动前 | 20%（按计税基础） | ru-303-fz, amending article 164(3) of the Tax Code
            自该日起 | 22%（按计税基础） | ru-425-fz, article 2(9); Tax Code article 164(3)
            2026-01-01 1010 海关手续费
            自2026-01-01起，海关手续费由 分档（1067 RUB 至 30000 RUB） 改为 分档（1231 RUB 至 73860 RUB）。依据：海关手续费费率 (Постановление Правительства РФ от 28.11.2024 № 1637 в редакции от 23.10.2025 № 1638)，item 1 as amended by Decree No 1638 of 23 October 2025。
            税率 | 依据
            变动前
            完税价格达到 7,000,000.01 RUB: | 30,000 RUB
            完税价格达到 5,500,000.01 RUB: | 27,540 RUB
            完税价格达到 4,200,000.01 RUB: | 21,344 RUB
            完税价格达到 2,700,000.01 RUB: | 16,524 RUB
            完税价格达到 1,200,000.01 RUB: | 11,746 RUB
            完税价格达到 450,000.01 RUB: | 4,269 RUB
            完税价格达到 200,000.01 RUB: | 2,134 RUB
            完税价格低于 200,000.01 RUB: | 1,067 RUB
            ru-pp-1637, item 1
            自该日起
            完税价格达到 10,000,000.01 RUB: | 73,860 RUB
            完税价格达到 5,500,000.01 RUB: | 49,240 RUB
            完税价格达到 4,200,000.01 RUB: | 21,344 RUB
            完税价格达到 2,700,000.01 RUB: | 18,465 RUB
            完税价格达到 1,200,000.01 RUB: | 13,541 RUB
            完税价格达到 450,000.01 RUB: | 4,924 RUB
            完税价格达到 200,000.01 RUB: | 2,462 RUB
            完税价格低于 200,000.01 RUB: | 1,231 RUB
            ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025
            2026-01-22 2010 进口关税
            自2026-01-22起，进口关税由 未知 改为 15%。依据：欧亚经济联盟统一海关税则 (Решение Совета Евразийской экономической комиссии от 14.09.2021 № 80, в редакции на день каждой строки)。
            税率 | 依据
            变动前 | 未知
            自该日起 | 15%（按计税基础） | eaeu-ett
            JSON 形式的答复 · 货物应缴的税费和须交的单证
        "#]],
            expect![[r#"
            8703231940 2025-06-01 – 2026-11-01 · Страна происхождения CN
            Ставки на второй день нет в пакете: 4000 Акциз, UTS Утилизационный сбор
            2026-01-01 5010 Налог на добавленную стоимость
            С 2026-01-01 «Налог на добавленную стоимость»: 22% вместо 20%. Основание: Федеральный закон о ставке НДС 22 % с 2026 года (Федеральный закон от 28.11.2025 № 425-ФЗ, статья 2), article 2(9); Tax Code article 164(3).
            Ставка | Основание
            Было | 20 % от основы | ru-303-fz, amending article 164(3) of the Tax Code
            С этого дня | 22 % от основы | ru-425-fz, article 2(9); Tax Code article 164(3)
            2026-01-01 1010 Таможенный сбор за таможенные операции
            С 2026-01-01 «Таможенный сбор за таможенные операции»: по ступеням от 1231 RUB до 73860 RUB вместо по ступеням от 1067 RUB до 30000 RUB. Основание: Ставки таможенных сборов за таможенные операции (Постановление Правительства РФ от 28.11.2024 № 1637 в редакции от 23.10.2025 № 1638), item 1 as amended by Decree No 1638 of 23 October 2025.
            Ставка | Основание
            Было
            при таможенной стоимости от 7 000 000,01 RUB: | 30 000 RUB
            при таможенной стоимости от 5 500 000,01 RUB: | 27 540 RUB
            при таможенной стоимости от 4 200 000,01 RUB: | 21 344 RUB
            при таможенной стоимости от 2 700 000,01 RUB: | 16 524 RUB
            при таможенной стоимости от 1 200 000,01 RUB: | 11 746 RUB
            при таможенной стоимости от 450 000,01 RUB: | 4 269 RUB
            при таможенной стоимости от 200 000,01 RUB: | 2 134 RUB
            при таможенной стоимости ниже 200 000,01 RUB: | 1 067 RUB
            ru-pp-1637, item 1
            С этого дня
            при таможенной стоимости от 10 000 000,01 RUB: | 73 860 RUB
            при таможенной стоимости от 5 500 000,01 RUB: | 49 240 RUB
            при таможенной стоимости от 4 200 000,01 RUB: | 21 344 RUB
            при таможенной стоимости от 2 700 000,01 RUB: | 18 465 RUB
            при таможенной стоимости от 1 200 000,01 RUB: | 13 541 RUB
            при таможенной стоимости от 450 000,01 RUB: | 4 924 RUB
            при таможенной стоимости от 200 000,01 RUB: | 2 462 RUB
            при таможенной стоимости ниже 200 000,01 RUB: | 1 231 RUB
            ru-pp-1637, item 1 as amended by Decree No 1638 of 23 October 2025
            2026-01-22 2010 Ввозная таможенная пошлина
            С 2026-01-22 «Ввозная таможенная пошлина»: 15% вместо неизвестно. Основание: Единый таможенный тариф Евразийского экономического союза (Решение Совета Евразийской экономической комиссии от 14.09.2021 № 80, в редакции на день каждой строки).
            Ставка | Основание
            Было | неизвестно
            С этого дня | 15 % от основы | eaeu-ett
            Ответ в форме JSON · Что платить и что предъявить за товар
        "#]],
        ],
    );
    let api = "/v1/explain?code=8703231940&origin=CN&since=2025-06-01&until=2026-11-01";
    let told = house.get(api).json();
    let days: Vec<_> =
        told["changes"].as_array().unwrap().iter().map(|c| c["on"].clone()).collect();
    assert_eq!(days, ["2026-01-01", "2026-01-01", "2026-01-22"]);
    let text = said(&page(&house, "/explain?code=1&since=2026-06-01&until=2026-06-02", "en", 200));
    assert!(text.contains("The tariff has no such code on the second day."), "{text}");
}

#[test]
fn a_bad_question_is_said_at_its_field_in_each_language() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::sandbox(dir.path());
    let asked = |path: &str, at: &str, wanted: [&str; 3]| {
        for (language, wanted) in ["en", "zh", "ru"].into_iter().zip(wanted) {
            let body = page(&house, path, language, 400);
            assert!(body.contains(&format!("<a href=\"#{at}\">{wanted}</a>")), "{path}: {body}");
            let id = body.contains(&format!("id=\"{at}\" name=\"{at}\""));
            assert!(id && body.contains(&format!("aria-describedby=\"{at}-error\"")), "{body}");
        }
    };
    asked(
        "/requirements?code=85%3Cb%3E&origin=CN",
        "code",
        [
            "Commodity code: “85&#60;b&#62;”. A commodity code has digits only, 23 at most; points and spaces may stand between them.",
            "商品编码：“85&#60;b&#62;”。商品编码只含数字，最多 23 位，其间可有点和空格。",
            "Код товара: «85&#60;b&#62;». Код товара состоит из цифр, не больше 23; между ними могут быть точки и пробелы.",
        ],
    );
    asked(
        "/requirements?code=8517130000&origin=China",
        "origin",
        [
            "Country of origin: “China”. A country is stated by its two letters of ISO 3166.",
            "原产国（地区）：“China”。国家（地区）用 ISO 3166 两位字母代码填写。",
            "Страна происхождения: «China». Страна указывается двумя буквами по ISO 3166.",
        ],
    );
    asked(
        "/explain?code=8517130000&since=2026-05-02&until=2026-05-01",
        "until",
        [
            "Second of the two days: “2026-05-01”. A day is written YYYY-MM-DD, and the second is not before the first.",
            "截止日期：“2026-05-01”。日期写作 YYYY-MM-DD，且截止日期不早于起始日期。",
            "Второй из двух дней: «2026-05-01». День записывается как ГГГГ-ММ-ДД, и второй день не раньше первого.",
        ],
    );
    asked(
        "/requirements?code=",
        "code",
        [
            "Commodity code: A commodity code has digits only, 23 at most; points and spaces may stand between them.",
            "商品编码：商品编码只含数字，最多 23 位，其间可有点和空格。",
            "Код товара: Код товара состоит из цифр, не больше 23; между ними могут быть точки и пробелы.",
        ],
    );
    for path in ["/requirements", "/explain", "/law"] {
        for language in ["en", "zh", "ru"] {
            let body = page(&house, path, language, 200);
            assert!(body.contains(&format!("<a href=\"{path}\" aria-current=\"page\">")), "{body}");
        }
    }
    house
        .get("/v1/explain?code=x&since=2026-01-01&until=2026-02-01")
        .is_problem(400, "bad-request");
    house.get("/v1/explain?code=1").is_problem(400, "bad-request");
    let late = house.get("/v1/explain?code=1&since=2026-01-02&until=2026-01-01");
    late.is_problem(400, "bad-request");
    assert_eq!(late.json()["parameter"], "until");
}

#[test]
fn a_fee_by_bands_is_a_row_for_each_and_is_for_the_whole_declaration() {
    let dir = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    std::fs::create_dir_all(dir.path().join("pack")).unwrap();
    let rates = dir.path().join("pack/rates-eaeu.csv");
    std::fs::copy(data.join("demo/rates-eaeu.csv"), rates).unwrap();
    let is_import = |file: &Path| std::fs::read_to_string(file).unwrap().contains("<TypeCode>IM");
    let mut all = crate::corpus("eaeu").into_iter().filter(|(_, row)| row["expect"] == "accepted");
    let Some((file, _)) = all.find(|(file, _)| is_import(file)) else { return };
    let house = eaeu(dir.path());
    let filed = house.post_with(
        &[
            ("Content-Type", "application/xml"),
            ("Idempotency-Key", "fee"),
            ("Fondaco-On", "2026-11-20"),
        ],
        &std::fs::read(file).unwrap(),
    );
    let mrn = filed.text("mrn");
    for (language, whole, band) in [
        ("en", "whole declaration", "from a customs value of"),
        ("zh", "整份报关单", "完税价格达到"),
        ("ru", "вся декларация", "при таможенной стоимости от"),
    ] {
        let body = page(&house, &format!("/declarations/{mrn}"), language, 200);
        assert!(body.contains(&format!("<td>{whole}</td>")), "{body}");
        assert_eq!(body.matches("<ul class=\"bands\">").count(), 1, "{body}");
        assert_eq!(body.matches("<li class=\"here\">").count(), 1, "{body}");
        assert!(body.contains(&format!("<li>{band} ")) && !body.contains("entry("), "{body}");
        assert!(!body.contains(&format!("<span class=\"term\">{band}")), "said once: {body}");
    }
}
