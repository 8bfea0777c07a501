//! What changed between two days, and by which act.

use expect_test::{Expect, expect};

use crate::http::fondaco;

#[track_caller]
fn check(args: &[&str], wanted: &Expect) {
    let output = fondaco().arg("explain").args(args).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    wanted.assert_eq(&String::from_utf8(output.stdout).unwrap());
}

#[test]
fn each_change_is_told_with_its_day_and_its_act() {
    let car = ["--pack", "eaeu", "--code", "8703231940", "--origin", "CN"];
    let span = ["--since", "2025-06-01", "--until", "2026-11-01"];
    for (language, wanted) in [
        (
            "en",
            expect![[r#"
                From 2026-01-01 Value-added tax is 22% instead of 20%. Act: Federal Law No 425-FZ: VAT at 22 % from 2026 (Федеральный закон от 28.11.2025 № 425-ФЗ, статья 2), article 2(9); Tax Code article 164(3).
                From 2026-01-01 Customs fee for customs operations is by bands from 1231 RUB to 73860 RUB instead of by bands from 1067 RUB to 30000 RUB. Act: Customs fees for customs operations (Постановление Правительства РФ от 28.11.2024 № 1637 в редакции от 23.10.2025 № 1638), item 1 as amended by Decree No 1638 of 23 October 2025.
                From 2026-01-22 Import customs duty is 15% instead of not known. Act: Common Customs Tariff of the Eurasian Economic Union (Решение Совета Евразийской экономической комиссии от 14.09.2021 № 80, в редакции на день каждой строки).
            "#]],
        ),
        (
            "zh",
            expect![[r#"
                自2026-01-01起，增值税由 20% 改为 22%。依据：第425-FZ号联邦法律：2026年起增值税税率22% (Федеральный закон от 28.11.2025 № 425-ФЗ, статья 2)，article 2(9); Tax Code article 164(3)。
                自2026-01-01起，海关手续费由 分档（1067 RUB 至 30000 RUB） 改为 分档（1231 RUB 至 73860 RUB）。依据：海关手续费费率 (Постановление Правительства РФ от 28.11.2024 № 1637 в редакции от 23.10.2025 № 1638)，item 1 as amended by Decree No 1638 of 23 October 2025。
                自2026-01-22起，进口关税由 未知 改为 15%。依据：欧亚经济联盟统一海关税则 (Решение Совета Евразийской экономической комиссии от 14.09.2021 № 80, в редакции на день каждой строки)。
            "#]],
        ),
        (
            "ru",
            expect![[r#"
                С 2026-01-01 «Налог на добавленную стоимость»: 22% вместо 20%. Основание: Федеральный закон о ставке НДС 22 % с 2026 года (Федеральный закон от 28.11.2025 № 425-ФЗ, статья 2), article 2(9); Tax Code article 164(3).
                С 2026-01-01 «Таможенный сбор за таможенные операции»: по ступеням от 1231 RUB до 73860 RUB вместо по ступеням от 1067 RUB до 30000 RUB. Основание: Ставки таможенных сборов за таможенные операции (Постановление Правительства РФ от 28.11.2024 № 1637 в редакции от 23.10.2025 № 1638), item 1 as amended by Decree No 1638 of 23 October 2025.
                С 2026-01-22 «Ввозная таможенная пошлина»: 15% вместо неизвестно. Основание: Единый таможенный тариф Евразийского экономического союза (Решение Совета Евразийской экономической комиссии от 14.09.2021 № 80, в редакции на день каждой строки).
            "#]],
        ),
    ] {
        check(&[&car[..], &span[..], &["--language", language]].concat(), &wanted);
    }
    let steel = ["--pack", "us", "--code", "8471601050", "--origin", "CN"];
    check(
        &[&steel[..], &["--since", "2025-04-01", "--until", "2025-05-20"]].concat(),
        &expect![[r#"
            From 2025-04-03 Additional duties of chapter 99 is charged: not known. Act: Harmonized Tariff Schedule of the United States, chapter 99, subchapter III (19 U.S.C. 1202, 1862, 2251 and 2411; 50 U.S.C. 1701; as the wording of headings 9903.01.01 and on states them), heading 9903.94.01, s232/autos, left to a U.S. note.
            From 2025-04-05 Additional duties of chapter 99 is charged: 10%. Act: Harmonized Tariff Schedule of the United States, chapter 99, subchapter III (19 U.S.C. 1202, 1862, 2251 and 2411; 50 U.S.C. 1701; as the wording of headings 9903.01.01 and on states them), heading 9903.01.25, ieepa/reciprocal.
            From 2025-04-09 Additional duties of chapter 99 is 84% instead of 10%. Act: Harmonized Tariff Schedule of the United States, chapter 99, subchapter III (19 U.S.C. 1202, 1862, 2251 and 2411; 50 U.S.C. 1701; as the wording of headings 9903.01.01 and on states them), heading 9903.01.63, ieepa/reciprocal.
            From 2025-04-10 Additional duties of chapter 99 is 125% instead of 84%. Act: Harmonized Tariff Schedule of the United States, chapter 99, subchapter III (19 U.S.C. 1202, 1862, 2251 and 2411; 50 U.S.C. 1701; as the wording of headings 9903.01.01 and on states them), heading 9903.01.63, ieepa/reciprocal.
            From 2025-05-03 Additional duties of chapter 99 is charged: not known. Act: Harmonized Tariff Schedule of the United States, chapter 99, subchapter III (19 U.S.C. 1202, 1862, 2251 and 2411; 50 U.S.C. 1701; as the wording of headings 9903.01.01 and on states them), heading 9903.94.05, s232/auto_parts, left to a U.S. note.
            From 2025-05-14 Additional duties of chapter 99 is 10% instead of 125%. Act: Harmonized Tariff Schedule of the United States, chapter 99, subchapter III (19 U.S.C. 1202, 1862, 2251 and 2411; 50 U.S.C. 1701; as the wording of headings 9903.01.01 and on states them), heading 9903.01.25, ieepa/reciprocal.
        "#]],
    );
    // Nothing changed: nothing on standard output.
    check(
        &[&car[..], &["--since", "2026-06-01", "--until", "2026-06-02"]].concat(),
        &expect![[""]],
    );
}

#[test]
fn each_tax_line_is_a_sentence_in_each_language() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let file = root.join("corpus/cn/001-soy-amur.xml");
    let rates = root.join("demo/rates-cn.csv");
    for (language, wanted) in [
        (
            "en",
            expect![[r#"
        Import duty: 3 % of the base; the base is 148960.00 CNY. That is 4468.8 CNY. Payable 4468.80 CNY. By Import and Export Tariff of the People's Republic of China (2026), MFN.
        Import value-added tax: 9 % of the base; the base is 153428.80 CNY (made of customs value 148960.00 + Import duty 4468.80). That is 13808.592 CNY, rounded to 13808.59. Payable 13808.59 CNY. By Value-Added Tax Law of the People's Republic of China, article 10(2), agricultural products and edible vegetable oils."#]],
        ),
        (
            "zh",
            expect![[r#"
        进口关税: 3%（按计税基础）; 计税基础为 148960.00 CNY。计得 4468.8 CNY。应缴 4468.80 CNY。依据： 中华人民共和国进出口税则（2026）, MFN。
        进口环节增值税: 9%（按计税基础）; 计税基础为 153428.80 CNY (其中 完税价格 148960.00 + 进口关税 4468.80)。计得 13808.592 CNY, 舍入为 13808.59。应缴 13808.59 CNY。依据： 中华人民共和国增值税法, article 10(2), agricultural products and edible vegetable oils。"#]],
        ),
        (
            "ru",
            expect![[r#"
        Ввозная таможенная пошлина: 3 % от основы; основа 148960.00 CNY. Это 4468.8 CNY. К уплате 4468.80 CNY. Основание: Импортный и экспортный тариф Китайской Народной Республики (2026), MFN.
        Налог на добавленную стоимость при ввозе: 9 % от основы; основа 153428.80 CNY (из них таможенная стоимость 148960.00 + Ввозная таможенная пошлина 4468.80). Это 13808.592 CNY, с округлением до 13808.59. К уплате 13808.59 CNY. Основание: Закон КНР о налоге на добавленную стоимость, article 10(2), agricultural products and edible vegetable oils."#]],
        ),
    ] {
        let mut command = fondaco();
        command.args(["assess", "--pack", "cn", "--explain", "--on", "2026-11-20"]);
        let output = command.args(["--language", language, "--rates"]).arg(&rates).arg(&file);
        let text = String::from_utf8(output.output().unwrap().stdout).unwrap();
        let sentences: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("       ")).collect();
        wanted.assert_eq(&sentences.join("\n"));
    }
}

#[test]
fn days_in_the_wrong_order_are_a_wrong_use() {
    let args = [
        "explain",
        "--pack",
        "eaeu",
        "--code",
        "0201",
        "--since",
        "2026-06-02",
        "--until",
        "2026-06-01",
    ];
    let output = fondaco().args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("2026-06-02 is after 2026-06-01"));
}
