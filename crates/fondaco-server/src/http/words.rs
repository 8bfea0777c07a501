//! Every word of the pages, in the three languages, in two tables: phrases and terms.
//!
//! Chinese and Russian are the legal terms of the countries, not translations of the English ones.

mod decide;
mod drafts;
mod life;
mod money;
mod tasks;
mod lpco;

use fondaco::finding::Language;

macro_rules! phrases {
    ($($name:ident $en:literal $zh:literal $ru:literal)*) => {
        /// The phrases of the pages in one language.
        pub(crate) struct Words { $(pub(crate) $name: &'static str,)* }

        /// In the order of [`Language`].
        static WORDS: [Words; 3] = [
            Words { $($name: $en,)* },
            Words { $($name: $zh,)* },
            Words { $($name: $ru,)* },
        ];

        #[cfg(test)]
        const PHRASES: &[(&str, [&str; 3])] = &[$((stringify!($name), [$en, $zh, $ru]),)*];
    };
}

phrases! {
    // Frame.
    skip "Skip to the content" "跳到正文" "К содержанию"
    tagline "Trade single window" "国际贸易单一窗口" "Единое окно внешней торговли"
    sandbox "Sandbox: no sign-in, nothing here is a legal act." "沙盒：无需登录，此处一切均不具法律效力。" "Песочница: вход не нужен, ничто здесь не имеет юридической силы."
    site "Site" "站点" "Сайт"
    nav_filings "Filings" "申报记录" "Поданные документы"
    nav_findings "Findings" "问题代码" "Коды замечаний"
    nav_api "API" "接口说明" "Описание API"
    languages "Language" "语言" "Язык"
    foot_pack "Data pack" "数据包" "Пакет данных"
    on_page "On this page" "本页内容" "На этой странице"
    none "None." "无。" "Нет."
    not_stated "not stated" "未填写" "не указано"
    whole "whole declaration" "整份报关单" "вся декларация"

    // List.
    filings "Filings" "申报记录" "Поданные документы"
    filings_caption "Filings, newest first" "申报记录，最新在前" "Поданные документы, сначала новые"
    find_label "MRN or id of a filing" "报关单号 (MRN) 或记录 ID" "MRN или идентификатор"
    find_button "Open" "打开" "Открыть"
    filter "Show" "筛选" "Показать"
    filter_all "All" "全部" "Все"
    number "Number (MRN)" "报关单号 (MRN)" "Номер (MRN)"
    reference "Reference (LRN)" "申报人自编号 (LRN)" "Номер декларанта (LRN)"
    declarant "Declarant" "申报人" "Декларант"
    kind "Type" "类型" "Тип"
    outcome "Outcome" "结果" "Итог"
    lane "Lane" "通道" "Коридор"
    total_known "Payable, as far as computed" "应缴税费（已算出部分）" "К уплате (рассчитанная часть)"
    lodged_utc "Lodged (UTC)" "受理时间 (UTC)" "Подано (UTC)"
    no_number "no number; id" "无编号；ID" "без номера; ID"
    nothing_here "No filings here." "此处没有申报记录。" "Здесь документов нет."
    newest "Newest" "最新" "Самые новые"
    older "Older" "更早" "Более ранние"
    pages "Pages" "翻页" "Страницы"
    empty_title "Nothing has been filed yet" "尚无申报" "Ещё ничего не подано"
    how_title "How to file" "如何申报" "Как подать"
    how_one "One declaration, with curl:" "用 curl 提交一份报关单：" "Одну декларацию, с помощью curl:"
    how_many "A file or a folder of them, resumable:" "提交一个文件或整个文件夹，可断点续传：" "Файл или целую папку, с продолжением после обрыва:"
    how_formats "XML of the WCO Data Model 3.6 or its JSON form. Repeat the same Idempotency-Key with the same bytes and you get the same answer." "WCO 数据模型 3.6 的 XML 或其 JSON 形式。用同一 Idempotency-Key 重发相同内容，得到相同答复。" "XML по модели данных ВТамО 3.6 или её форма JSON. Повтор того же Idempotency-Key с теми же байтами даёт тот же ответ."

    // A filing.
    declaration "Declaration" "报关单" "Декларация"
    returned_filing "Returned filing" "被退回的申报" "Возвращённый документ"
    note_filing "Message about a declaration" "与报关单有关的报文" "Сообщение о декларации"
    summary "Summary" "概要" "Сводка"
    state "State" "状态" "Состояние"
    id "Id" "记录 ID" "Идентификатор"
    message_kind "Message" "报文" "Сообщение"
    about "About" "所涉报关单" "О декларации"
    lodged "Lodged" "受理时间" "Подано"
    format "Format" "格式" "Формат"
    key "Idempotency-Key" "Idempotency-Key" "Idempotency-Key"
    payable_total "Payable" "应缴合计" "К уплате"
    payable_partly "Payable, without what is unknown" "应缴合计（不含未知部分）" "К уплате без неизвестных сумм"
    unknown_count "Not computed, amounts" "未能计算的项数" "Не рассчитано сумм"
    unreadable "What the house thought of this filing cannot be read by this version; the stored bytes are linked below." "本版本无法读取对该申报的审核意见；存储的原文见下方链接。" "Заключение по этому документу не читается этой версией; сохранённые байты — по ссылке ниже."

    next "What happens next" "后续步骤" "Что дальше"
    next_none "Nothing further is planned." "没有后续步骤。" "Дальнейших действий не предусмотрено."
    next_returned "The filing was returned whole. Mend what the findings say and file again with a new Idempotency-Key." "该申报已整份退回。请按所列问题改正，并用新的 Idempotency-Key 重新申报。" "Документ возвращён целиком. Исправьте указанное в замечаниях и подайте снова с новым Idempotency-Key."
    next_noted "The message was put on the file of the declaration it is about." "该报文已归入所涉报关单的案卷。" "Сообщение приобщено к делу декларации."
    next_at_lodging "As decided when it was lodged:" "受理时的决定：" "Решено при подаче:"

    lane_why "Lane and reasons" "通道与理由" "Коридор и причины"
    lane_caption "Reasons for the lane" "分配通道的理由" "Причины выбора коридора"
    lane_no_reason "No reason asks for a look: green." "没有需要核查的理由：绿色通道。" "Причин для проверки нет: зелёный коридор."
    lane_not "No lane: only a declaration that is accepted gets one." "无通道：只有被接受的报关单才分配通道。" "Коридора нет: он назначается только принятой декларации."
    lane_asks "Asks for" "要求" "Требует"
    reason "Reason" "理由" "Причина"
    code "Code" "代码" "Код"
    points "Points" "分值" "Баллы"
    points_total "Points of risk in all" "风险总分" "Всего баллов риска"
    seen "Facts seen" "所依据的事实" "Учтённые сведения"
    item "Item" "商品项" "Товар"

    findings "Findings" "发现的问题" "Замечания"
    findings_none "Nothing is wrong with the data." "数据没有问题。" "Замечаний к сведениям нет."
    findings_most "Only the first 200 are shown." "仅显示前 200 条。" "Показаны только первые 200."
    severity "Severity" "严重程度" "Важность"
    what_wrong "What is wrong" "问题" "Что не так"
    how_mend "How to mend it" "如何改正" "Как исправить"
    value_seen "Value seen" "所见值" "Увиденное значение"
    value_wanted "Wanted" "应为" "Требуется"
    wco_pointer "WCO pointer" "WCO 指针" "Указатель ВТамО"
    xpath "XPath" "XPath" "XPath"
    json_pointer "JSON Pointer" "JSON Pointer" "JSON Pointer"
    basis "Basis" "依据" "Основание"

    duties "Duties and taxes" "税费" "Пошлины, налоги, сборы"
    duties_not "Nothing was computed: only a declaration that is accepted is assessed." "未计算：只对被接受的报关单计税。" "Ничего не рассчитано: платежи считаются только по принятой декларации."
    values_caption "Customs value by item" "各项完税价格" "Таможенная стоимость по товарам"
    customs_value "Customs value" "完税价格" "Таможенная стоимость"
    value_untold "cannot be told" "无法确定" "определить нельзя"
    lines_caption "Computed lines" "已计算的税费" "Рассчитанные платежи"
    lines_none "No line could be computed." "没有可计算的税费。" "Рассчитанных платежей нет."
    tax "Duty or tax" "税种" "Платёж"
    base "Base" "计税基础" "Основа"
    formula "Rate or formula" "税率或公式" "Ставка или формула"
    exact "Exact amount" "精确金额" "Точная сумма"
    rounding "Rounding" "舍入" "Округление"
    digits "digits after the point" "位小数" "знаков после запятой"
    assessed "Assessed" "核定" "Начислено"
    deducted "Deducted" "减免" "Вычтено"
    secured "Secured" "担保" "Обеспечено"
    payable "Payable" "应缴" "К уплате"
    relief "Relief" "减免依据" "Льгота"
    measure_all "every code" "全部税号" "все коды"
    measure "Measure for" "税率适用于" "Ставка для"
    mark_ours "ours" "自编" "наша"
    mark_determined "stated by an officer" "关员核定" "указано должностным лицом"
    mark_ours_told "“ours”: the row was added by Fondaco from the law named; it is not part of an imported official tariff." "“自编”：该行由 Fondaco 依所列法律编写，并非来自导入的官方税则。" "«наша»: строка внесена Fondaco по указанному закону и не взята из официального тарифа."
    price "price" "价格" "цена"
    value_apart "stated, no part of the value" "仅申报，不计入" "указано, в стоимость не входит"
    value_doubt "by the delivery term it is in the price already" "按成交方式该项已含在价格内" "по условию поставки это уже в цене"
    value_statistical "statistical value" "统计价格" "статистическая стоимость"
    quotas "Tariff quotas" "关税配额" "Тарифные квоты"
    unknown_caption "What is unknown, and why" "未知金额及原因" "Что неизвестно и почему"
    unknown_told "An unknown amount is not zero: it is still to be found out." "未知金额不等于零，仍待确定。" "Неизвестная сумма — не ноль: её ещё предстоит установить."
    why "Why" "原因" "Почему"

    requirements "What has to be shown" "须提交的单证" "Что нужно представить"
    requirements_caption "Requirements by item" "各商品项的要求" "Требования по товарам"
    requirements_none "The data pack asks for nothing for these goods." "数据包对这些商品没有要求。" "Пакет данных ничего не требует для этих товаров."
    requirement "Requirement" "要求" "Требование"
    status "Status" "状态" "Статус"
    agency "Agency" "主管机构" "Ведомство"
    documents "Documents that satisfy it" "可满足要求的单证" "Подходящие документы"
    document_shown "Shown" "已提交" "Представлен"

    screening "Screening" "名单筛查" "Проверка по спискам"
    screening_caption "Parties against the lists" "各方与名单比对" "Участники и списки"
    screening_none "Nobody is named." "未列明任何一方。" "Участники не названы."
    party "Party" "当事方" "Участник"
    role "Role" "角色" "Роль"
    detail "Detail" "说明" "Подробности"

    events "Events and notifications" "事件与通知" "События и уведомления"
    events_caption "What happened, oldest first" "经过，最早在前" "Что произошло, сначала старое"
    events_none "Nothing happened to a declaration by this filing alone." "该申报本身没有引起事件。" "Событий у этого документа нет."
    when_utc "When (UTC)" "时间 (UTC)" "Когда (UTC)"
    happened "What happened" "事件" "Событие"
    told_as "Notification (WCO function)" "通知（WCO 功能代码）" "Уведомление (функция ВТамО)"
    told_nobody "nobody is told" "不通知" "не рассылается"
    as_xml "XML" "XML" "XML"
    came_with "Came with" "来自报文" "Пришло с"
    this_filing "this filing" "本申报" "этим документом"

    messages "Messages about it" "有关报文" "Сообщения о ней"
    messages_caption "Messages about this declaration, oldest first" "与本报关单有关的报文，最早在前" "Сообщения об этой декларации, сначала старые"

    receipt "Receipt" "回执" "Квитанция"
    receipt_good "The signature was checked just now with this house's key: it holds." "刚刚用本系统密钥核验了签名：有效。" "Подпись только что проверена ключом этой системы: верна."
    receipt_bad "The signature does not hold with this house's key." "用本系统密钥核验，签名无效。" "Подпись не подтверждается ключом этой системы."
    receipt_says "What the receipt says" "回执内容" "Что сказано в квитанции"
    receipt_digest "Digest of the bytes as filed" "原始报文摘要" "Дайджест поданных байтов"
    receipt_download "Download the receipt" "下载回执" "Скачать квитанцию"
    receipt_keys "Keys of this house" "本系统公钥" "Ключи этой системы"
    receipt_offline "Anyone can verify it offline:" "任何人均可离线核验：" "Проверить её без сети может каждый:"

    as_filed "The message as filed" "原始报文" "Сообщение, как подано"
    as_filed_open "Show the message" "显示报文" "Показать сообщение"
    as_filed_cut "Only the beginning is shown." "仅显示开头部分。" "Показано только начало."
    as_filed_download "Download the bytes" "下载原文" "Скачать байты"
    bytes "bytes" "字节" "байт"

    law "By which law and program" "所依据的法律与程序" "По какому закону и какой программой"
    law_pack "Data pack" "数据包" "Пакет данных"
    law_day "Day whose law applies" "适用法律的日期" "День, закон которого применён"
    law_digest "SHA-256 of the data" "数据的 SHA-256" "SHA-256 данных"
    law_program "Version of the program" "程序版本" "Версия программы"
    law_draw "Draw (0 to 9,999), fixed before the look" "抽查号（0 至 9,999），审核前已定" "Жребий (0–9 999), определён до рассмотрения"
    law_replay "Form the opinion again and compare byte for byte:" "重新得出审核意见并逐字节比对：" "Сформировать заключение заново и сравнить побайтно:"
    law_opinion "The opinion as stored (JSON)" "存储的审核意见 (JSON)" "Сохранённое заключение (JSON)"
    acts "Acts cited" "引用的法律文件" "Упомянутые акты"
    acts_caption "Acts cited on this page" "本页引用的法律文件" "Акты, упомянутые на странице"
    act "Act" "法律文件" "Акт"
    act_reference "Number" "文号" "Номер"
    act_source "Read at" "查阅来源" "Где прочитан"

    // Before shipping, what changed, and the law of the house.
    nav_requirements "Before shipping" "税费与要求" "До отгрузки"
    nav_explain "Changes" "税率变动" "Изменения"
    nav_law "Law" "法律版本" "Право"
    ask_title "What goods will pay and show" "货物应缴的税费和须交的单证" "Что платить и что предъявить за товар"
    ask_told "Asked before goods are shipped: the rows are those that a declaration filed on that day meets." "供发货前查询：所用条目与当日申报时适用的相同。" "Вопрос до отгрузки: строки те же, что встретит декларация, поданная в этот день."
    ask_button "Ask" "查询" "Спросить"
    ask_code "Commodity code" "商品编码" "Код товара"
    ask_code_hint "digits; points and spaces may stand between them" "数字，其间可有点和空格" "цифры; между ними могут быть точки и пробелы"
    ask_direction "Direction" "进出口方向" "Направление"
    ask_import "Import" "进口" "Ввоз"
    ask_export "Export" "出口" "Вывоз"
    ask_origin "Country of origin" "原产国（地区）" "Страна происхождения"
    ask_from "Country of export" "启运国（地区）" "Страна отправления"
    ask_to "Country of destination" "目的国（地区）" "Страна назначения"
    ask_country_hint "two letters" "两位字母" "две буквы"
    ask_regime "Preference to be claimed" "拟申报的优惠待遇" "Заявляемая преференция"
    ask_procedure "Procedure" "监管方式" "Таможенная процедура"
    ask_day_hint "YYYY-MM-DD; today where empty" "YYYY-MM-DD，不填即为今天" "ГГГГ-ММ-ДД; пусто — сегодня"
    ask_since "First of the two days" "起始日期" "Первый из двух дней"
    ask_until "Second of the two days" "截止日期" "Второй из двух дней"
    ask_between_hint "YYYY-MM-DD" "格式为 YYYY-MM-DD" "ГГГГ-ММ-ДД, цифрами"
    ask_wrong "The question cannot be read" "无法读取该查询" "Вопрос прочитать нельзя"
    ask_json "The answer as JSON" "JSON 形式的答复" "Ответ в форме JSON"
    not_covered "What this answer does not cover" "本答复未涵盖的内容" "Чего нет в этом ответе"
    not_known "not known" "未知" "неизвестно"
    units "Supplementary units" "法定计量单位" "Дополнительные единицы"
    lines_below "Its lines" "所含税号" "Её коды"
    rate "Rate" "税率" "Ставка"
    days_in_force "In force" "有效期" "Действует"
    conditional "Rates on a condition" "附条件的税率" "Ставки при условии"
    condition "Condition" "条件" "Условие"
    season "season" "季节" "сезон"
    claims "Rates that may be claimed" "可申报的优惠税率" "Ставки, которые можно заявить"
    claimed_by "Claimed by" "申报代码" "Заявляется кодом"
    saving "Saving, percentage points" "可省（百分点）" "Экономия, процентных пунктов"
    quota_order "Order number" "配额编号" "Номер квоты"
    quota_left "Left" "余量" "Осталось"
    quota_volume "Volume" "总量" "Объём"
    quota_told "Told on" "告知日期" "Сообщено"
    quota_period "Period" "配额期" "Период"
    decides "Who decides" "决定机构" "Кто решает"
    takes "How long, days" "所需天数" "Сколько дней"
    costs "Cost" "费用" "Стоимость"
    without "What happens without" "缺少时的后果" "Что будет без этого"
    write_off "Written off on it" "按此核销" "По нему списывается"
    schemes "Schemes of preference" "优惠安排" "Схемы преференций"
    proofs "Proofs of origin" "原产地证明" "Подтверждения происхождения"
    origin_rules "Rules of origin" "原产地规则" "Правила происхождения"
    origin_rules_none "The data pack holds no rules for this code." "数据包中没有该税号的规则。" "В пакете данных нет правил для этого кода."
    cumulation "Whose materials count as one's own" "可累积的材料来源" "Чьи материалы считаются своими"
    unilateral "given by one side" "单方给予" "предоставляется одной стороной"
    changed_link "What changed for this code in the year before" "此前一年该税号的变动" "Что изменилось для этого кода за год"
    band_applies "applies" "适用" "применяется"
    technical "Technical detail (English)" "技术细节（英文）" "Технические сведения (англ.)"
    change_title "What changed for goods, and by which act" "货物税率的变动及依据" "Что изменилось для товара и каким актом"
    change_told "Every change of a rate between two days, with its day and the act that made it." "两个日期之间的每次税率变动、变动日期及所依据的法律文件。" "Каждое изменение ставки между двумя днями: день и акт."
    change_none "Nothing changed after the first day and until the second." "在这两个日期之间没有变动。" "Между этими днями ничего не изменилось."
    change_before "Before" "变动前" "Было"
    change_after "From that day" "自该日起" "С этого дня"
    change_nothing "not charged" "不征收" "не взимается"
    change_no_line "The tariff has no such code on the second day." "截止日税则中没有该税号。" "На второй день в тарифе нет такого кода."
    change_not_held "The rate is not held on the second day:" "数据包中没有截止日的税率：" "Ставки на второй день нет в пакете:"
    house_law "The law of this house" "本系统适用的法律" "Право этой системы"
    house_law_told "Which data pack is the law here, from which day, and who said so. One person proposes it, another approves it; before that nothing of it is live." "哪个数据包是本系统的法律、自何日起适用、由谁决定。一人提议，另一人批准；批准之前不生效。" "Какой пакет данных здесь право, с какого дня и кем решено. Один предлагает, другой утверждает; до того ничего не действует."
    house_law_caption "Versions, newest first" "版本，最新在前" "Версии, сначала новые"
    house_law_now "in force" "现行有效" "действует"
    house_law_from "From" "起始日" "Начало"
    house_law_first "the beginning" "系统启用之日" "с начала работы"
    house_law_by "Proposed by" "提议人" "Предложил"
    house_law_why "Why" "理由" "Почему"
    house_law_decided "Decided by" "决定人" "Решил"
    house_law_house "the house itself" "系统本身" "сама система"
    house_law_waits "waits for another person" "待另一人决定" "ждёт другого лица"
    house_law_how "A bundle is proposed and approved with the command line:" "用命令行提议和批准数据包：" "Пакет предлагают и утверждают из командной строки:"

    // Findings and problems.
    codes_title "Findings: every code" "问题代码总表" "Замечания: все коды"
    codes_told "A finding says what is wrong with a filing, where, and how to mend it. Codes never change their meaning. Words in ‹angle quotes› are filled in." "“问题”说明申报中何处有误、为何有误以及如何改正。代码含义永不改变。‹›中的文字由系统填入。" "Замечание говорит, что не так в документе, где и как это исправить. Смысл кода не меняется. Слова в ‹угловых кавычках› подставляются."
    codes_caption "Codes of the house" "系统代码" "Коды системы"
    rules_caption "Rules of the data pack" "数据包规则" "Правила пакета данных"
    rule_text "A rule of the data pack is broken; the text and the code are the rule's own." "违反数据包规则；文字与代码以该规则为准。" "Нарушено правило пакета данных; текст и код — самого правила."
    rule_remedy "The rule says how." "以该规则的说明为准。" "Как — сказано в правиле."
    code_title "Finding" "问题代码" "Замечание"
    all_codes "All codes" "全部代码" "Все коды"
    fill_value "‹value›" "‹所见值›" "‹значение›"
    fill_wanted "‹wanted›" "‹应为›" "‹требуемое›"
    fill_name "‹element›" "‹数据项›" "‹элемент›"
    problem_title "Problem" "错误说明" "Ошибка"
    problems_title "Problems of the API" "接口错误说明" "Ошибки API"
    problems_caption "Problems by name" "错误一览" "Ошибки по именам"
    problem_name "Name" "名称" "Имя"
    problem_what "What it means" "含义" "Что означает"
    all_problems "All problems" "全部错误" "Все ошибки"

    // Faults.
    not_found "There is no such page" "没有此页面" "Такой страницы нет"
    not_found_told "Nothing is kept under this name. A number (MRN) has 18 characters; a returned filing is found by its id, which is in the answer and in the receipt." "系统中没有该名称的内容。报关单号 (MRN) 为 18 位；被退回的申报按 ID 查找，ID 见答复和回执。" "Под этим именем ничего нет. В номере (MRN) 18 знаков; возвращённый документ ищут по идентификатору из ответа или квитанции."
    to_filings "To the filings" "返回申报记录" "К поданным документам"
    fault "The house cannot read its store just now" "系统暂时无法读取存储" "Система сейчас не может прочитать хранилище"
    fault_told "Nothing that was lodged is lost. Try again in a few seconds." "已受理的内容不会丢失。请几秒后重试。" "Ничего из поданного не потеряно. Повторите через несколько секунд."

    // Goods.
    goods_title "Find a code" "查找商品编码" "Поиск кода товара"
    goods_told "A help in looking, not a classification: what is filed is what the declarant declares." "仅供查找参考，不是归类决定：以申报人申报的编码为准。" "Помощь в поиске, а не решение о классификации: подаётся то, что заявляет декларант."
    goods_label "What the goods are, in English, Chinese or Russian" "用中文、俄文或英文说明是什么商品" "Что это за товар: на русском, китайском или английском"
    goods_button "Find" "查找" "Найти"
    goods_codes "Codes found" "找到的编码" "Найденные коды"
    goods_within "Codes of heading" "该品目下的编码：" "Коды товарной позиции"
    goods_caption "Best first; below each, the nearest lines of" "按接近程度排列；其下为最接近的税号，数据包" "Сначала лучшие; под каждым — ближайшие строки пакета"
    goods_share "Share" "占比" "Доля"
    goods_name "Name" "商品名称" "Наименование"
    goods_heading "Heading" "品目" "Позиция"
    goods_none "No code was found." "没有找到编码。" "Кодов не найдено."
    goods_vague "More has to be said" "需要补充说明" "Нужно уточнить"
    goods_headings "Headings it may be, to choose from" "可能的品目，请选择" "Возможные позиции, выберите"
    goods_long "At most 1,000 bytes can be asked." "最多可输入 1,000 字节。" "Можно спросить не более 1000 байт."

    // The register of documents.
    lpcos_title "Licences and certificates" "许可证件" "Разрешительные документы"
    lpcos_told "The register of licences, permits and certificates of this house: what each allows, what was written off on it and what is left." "本系统登记的许可证、批准文件和证书：许可内容、已核销数量及余额。" "Реестр лицензий, разрешений и сертификатов этой системы: что каждый разрешает, что списано и что осталось."
    lpcos_find "Number of the document" "证件编号" "Номер документа"
    lpcos_number "Number" "编号" "Номер"
    lpcos_kind "Type" "类型" "Вид"
    lpcos_issuer "Issued by" "签发机构" "Кем выдан"
    lpcos_when "When (UTC)" "时间 (UTC)" "Когда (UTC)"
    lpcos_caption "Documents, the last issued first" "证件，最新签发在前" "Документы, сначала выданные последними"
    lpcos_holder "Holder" "持有人" "Держатель"
    lpcos_anybody "whoever shows it" "出示者" "предъявитель"
    lpcos_days "Valid" "有效期" "Срок действия"
    lpcos_way "Origin and destination" "原产地与目的地" "Происхождение и назначение"
    lpcos_use "Use" "使用" "Использование"
    lpcos_once "for one declaration only" "仅限一份报关单" "только для одной декларации"
    lpcos_uncounted "It is for any goods, and nothing is counted." "适用于任何货物，不计数量。" "Действует для любых товаров, ничего не списывается."
    lpcos_balance "What is left" "余额" "Остаток"
    lpcos_line "Line" "行" "Строка"
    lpcos_codes "Codes begin with" "商品编码开头" "Коды начинаются с"
    lpcos_any "any" "任何" "любые"
    lpcos_used "Written off" "已核销" "Списано"
    lpcos_left "Left" "余额" "Остаток"
    lpcos_acts "What was done about it" "证件的办理记录" "Что с ним делали"
    lpcos_act "Act" "操作" "Действие"
    lpcos_note "Note" "说明" "Примечание"
    lpcos_offs "Write-offs, newest first" "核销记录，最新在前" "Списания, сначала новые"
    lpcos_amount "Amount" "数量或金额" "Количество или сумма"
    lpcos_several "Documents of several types have this number:" "该编号对应多种证件：" "Этот номер имеют документы нескольких видов:"
    lpcos_unknown "There is no document of this number in the register." "登记簿中没有该编号的证件。" "В реестре нет документа с этим номером."
}

/// The phrases in a language.
pub(crate) fn words(language: Language) -> &'static Words {
    let [en, zh, ru] = &WORDS;
    match language {
        Language::En => en,
        Language::Zh => zh,
        Language::Ru => ru,
    }
}

/// Words for names on the wire: group, name, and the word in English, Chinese, Russian.
const TERMS: &[(&str, &str, [&str; 3])] = &[
    ("outcome", "accepted", ["Accepted", "已接受", "Принято"]),
    ("outcome", "returned", ["Returned", "已退回", "Возвращено"]),
    ("lane", "green", ["Green", "绿色通道", "Зелёный"]),
    ("lane", "yellow", ["Yellow", "黄色通道", "Жёлтый"]),
    ("lane", "red", ["Red", "红色通道", "Красный"]),
    ("state", "draft", ["Draft", "草稿", "Черновик"]),
    ("state", "rejected", ["Returned", "已退回", "Возвращена"]),
    (
        "state",
        "pre-lodged",
        ["Lodged before arrival", "提前申报，等待货物", "Подана до прибытия товаров"],
    ),
    ("state", "accepted", ["Accepted", "已接受申报", "Зарегистрирована"]),
    ("state", "assessed", ["Duties and taxes computed", "税费已计算", "Платежи рассчитаны"]),
    (
        "state",
        "under-documentary-check",
        ["Documentary check", "单证审核中", "Проверка документов и сведений"],
    ),
    ("state", "under-examination", ["Examination of goods", "查验中", "Таможенный досмотр"]),
    ("state", "released", ["Released", "已放行", "Товары выпущены"]),
    ("state", "cleared", ["Cleared", "已结关", "Таможенное оформление завершено"]),
    ("state", "returned", ["Returned", "已退回", "Возвращено"]),
    ("state", "noted", ["Put on file", "已归档", "Приобщено к делу"]),
    (
        "told",
        "rejected",
        [
            "Returned to the sender with everything that is wrong.",
            "已退回申报人，并附全部问题。",
            "Возвращена отправителю со всеми замечаниями.",
        ],
    ),
    ("told", "draft", ["Nothing has happened yet.", "尚无事件。", "Пока ничего не произошло."]),
    (
        "told",
        "pre-lodged",
        [
            "Registered. It is accepted when the arrival of the goods is notified.",
            "已登记。到货通知后即接受申报。",
            "Получена. Регистрируется, когда сообщат о прибытии товаров.",
        ],
    ),
    (
        "told",
        "accepted",
        [
            "Accepted: from now on it is a legal act. The goods may not move yet.",
            "已接受申报，自此具有法律效力。货物尚不得移动。",
            "Зарегистрирована: с этого момента имеет юридическую силу. Товары перемещать пока нельзя.",
        ],
    ),
    (
        "told",
        "assessed",
        [
            "Duties and taxes are computed. The goods are released once what is payable is settled.",
            "税费已计算。缴清应缴税费后放行。",
            "Платежи рассчитаны. Товары выпускают после их уплаты.",
        ],
    ),
    (
        "told",
        "under-documentary-check",
        [
            "An officer looks at the documents. The goods may not move until then.",
            "关员正在审核单证，在此之前货物不得移动。",
            "Должностное лицо проверяет документы. До этого товары перемещать нельзя.",
        ],
    ),
    (
        "told",
        "under-examination",
        [
            "The goods are to be examined. They may not move until then.",
            "货物须经查验，在此之前不得移动。",
            "Товары подлежат досмотру. До этого перемещать их нельзя.",
        ],
    ),
    (
        "told",
        "released",
        [
            "The goods may move; the debt is not settled yet.",
            "货物可以移动；税费尚未结清。",
            "Товары можно перемещать; платежи ещё не урегулированы.",
        ],
    ),
    (
        "told",
        "cleared",
        [
            "The goods may move and nothing is owed.",
            "货物可以移动，无欠缴税费。",
            "Товары можно перемещать, задолженности нет.",
        ],
    ),
    (
        "told",
        "returned",
        [
            "Not accepted: it has no legal effect.",
            "未被接受：不具法律效力。",
            "Не принято: юридической силы не имеет.",
        ],
    ),
    (
        "told",
        "noted",
        [
            "Kept on the file of the declaration it is about.",
            "已归入所涉报关单的案卷。",
            "Хранится в деле декларации, о которой идёт речь.",
        ],
    ),
    ("event", "rejected", ["Returned", "已退回", "Возвращена"]),
    (
        "event",
        "registered",
        ["Received before the goods came", "收到提前申报", "Получена до прибытия товаров"],
    ),
    ("event", "accepted", ["Accepted", "接受申报", "Зарегистрирована"]),
    ("event", "arrived", ["The goods came", "货物到达", "Товары прибыли"]),
    ("event", "assessed", ["Duties and taxes computed", "计算税费", "Рассчитаны платежи"]),
    (
        "event",
        "documents-wanted",
        [
            "Documents are looked at or wanted",
            "审核或要求单证",
            "Проверяются или запрошены документы",
        ],
    ),
    (
        "event",
        "control-ordered",
        ["Examination of the goods ordered", "决定查验货物", "Назначен таможенный досмотр"],
    ),
    ("event", "released", ["Released", "放行", "Товары выпущены"]),
    ("event", "cleared", ["Cleared", "结关", "Таможенное оформление завершено"]),
    (
        "event",
        "amendment-requested",
        ["A change was asked for", "申请修改", "Запрошено изменение сведений"],
    ),
    (
        "event",
        "cancellation-requested",
        ["Cancellation was asked for", "申请撤销", "Запрошен отзыв декларации"],
    ),
    ("function", "01", ["accepted", "已接受申报", "декларация зарегистрирована"]),
    ("function", "02", ["received", "已收到", "получено"]),
    ("function", "03", ["rejected", "已退回", "отказ в регистрации"]),
    ("function", "05", ["goods are to be examined", "查验通知", "назначен досмотр"]),
    ("function", "06", ["documents are wanted", "要求提交单证", "запрошены документы"]),
    ("function", "08", ["released", "已放行", "товары выпущены"]),
    ("function", "09", ["cleared", "已结关", "оформление завершено"]),
    ("function", "13", ["duties and taxes", "税费通知", "расчёт платежей"]),
    (
        "step",
        "review documents",
        [
            "An officer looks at the documents",
            "关员审核单证",
            "Должностное лицо проверяет документы",
        ],
    ),
    (
        "step",
        "examine goods",
        ["An officer looks at the goods", "关员查验货物", "Должностное лицо досматривает товары"],
    ),
    (
        "step",
        "request documents",
        [
            "Documents are wanted of the declarant",
            "要求申报人补交单证",
            "У декларанта запрашиваются документы",
        ],
    ),
    ("step", "detain", ["The goods may not move", "货物不得移动", "Товары перемещать нельзя"]),
    (
        "step",
        "decide name",
        [
            "An officer says whether it is the party on the list",
            "关员确认是否为名单所列当事方",
            "Должностное лицо решает, то ли это лицо, что в списке",
        ],
    ),
    (
        "step",
        "request payment",
        ["What is payable is asked for", "通知缴纳税费", "Запрашивается уплата платежей"],
    ),
    ("step", "release", ["The goods are released", "货物放行", "Товары выпускаются"]),
    ("message", "original", ["Declaration", "报关单", "Декларация"]),
    ("message", "amendment", ["Request to amend", "修改申请", "Запрос на изменение сведений"]),
    ("message", "cancellation", ["Request to cancel", "撤销申请", "Запрос на отзыв"]),
    ("message", "arrival", ["Notice of arrival", "到货通知", "Уведомление о прибытии"]),
    ("message", "request", ["Request", "申请", "Запрос"]),
    ("message", "", ["Not accepted", "未接受", "Не принято"]),
    ("severity", "error", ["Error", "错误", "Ошибка"]),
    ("severity", "warning", ["Warning", "警告", "Предупреждение"]),
    ("requirement", "certificate", ["Certificate", "证书", "Сертификат"]),
    ("requirement", "licence", ["Licence", "许可证", "Лицензия"]),
    ("requirement", "permit", ["Permit", "许可文件", "Разрешение"]),
    ("requirement", "inspection", ["Inspection", "检验", "Инспекция"]),
    ("requirement", "notice", ["Notice", "通知", "Уведомление"]),
    ("requirement", "prohibition", ["Prohibition", "禁止", "Запрет"]),
    ("settled", "met", ["Met", "已满足", "Выполнено"]),
    ("settled", "missing", ["Missing", "缺少", "Отсутствует"]),
    ("settled", "unknown", ["The agency has to say", "待主管机构确认", "Решает ведомство"]),
    ("settled", "prohibited", ["Prohibited", "禁止", "Запрещено"]),
    ("settled", "illustrative", ["For information", "仅供参考", "Для сведения"]),
    ("screened", "clear", ["Not on the lists", "不在名单上", "В списках нет"]),
    ("screened", "named", ["Same name as an entry", "与名单同名", "Имя совпадает с записью"]),
    ("screened", "unknown", ["Not checked by name", "未按名称核查", "По имени не проверено"]),
    ("detail", "no list loaded", ["no list is loaded", "未加载名单", "список не загружен"]),
    (
        "detail",
        "no letters in the name",
        [
            "the name has no letters to compare",
            "名称中没有可供比对的文字",
            "в названии нет букв для сравнения",
        ],
    ),
    (
        "detail",
        "no name given",
        ["only a number is given, no name", "仅有编号，无名称", "указан только номер, имени нет"],
    ),
    (
        "rounding",
        "half-up",
        ["to the nearer, half up", "四舍五入", "до ближайшего, половина вверх"],
    ),
    (
        "rounding",
        "half-even",
        ["to the nearer, half to even", "四舍六入五成双", "до ближайшего, половина к чётному"],
    ),
    ("rounding", "down", ["down", "舍去余数", "вниз"]),
    ("rounding", "up", ["up", "进位", "вверх"]),
    ("input", "base", ["base", "计税基础", "основа"]),
    ("input", "quantity", ["quantity", "数量", "количество"]),
    ("input", "part", ["part", "组成部分", "часть"]),
    ("input", "fact", ["stated", "申报值", "указано"]),
    ("input", "rate", ["rate of exchange", "汇率", "курс"]),
    ("law", "founded", ["Founded on", "初始法律", "Исходное"]),
    ("law", "proposed", ["Proposed", "已提议", "Предложено"]),
    ("law", "approved", ["Approved", "已批准", "Утверждено"]),
    ("law", "refused", ["Refused", "已否决", "Отклонено"]),
    (
        "unread",
        "code",
        [
            "A commodity code has digits only, 23 at most; points and spaces may stand between them.",
            "商品编码只含数字，最多 23 位，其间可有点和空格。",
            "Код товара состоит из цифр, не больше 23; между ними могут быть точки и пробелы.",
        ],
    ),
    (
        "unread",
        "direction",
        ["It is import or export.", "应为进口或出口。", "Это ввоз (import) или вывоз (export)."],
    ),
    (
        "unread",
        "origin",
        [
            "A country is stated by its two letters of ISO 3166.",
            "国家（地区）用 ISO 3166 两位字母代码填写。",
            "Страна указывается двумя буквами по ISO 3166.",
        ],
    ),
    (
        "unread",
        "from",
        [
            "A country is stated by its two letters of ISO 3166.",
            "国家（地区）用 ISO 3166 两位字母代码填写。",
            "Страна указывается двумя буквами по ISO 3166.",
        ],
    ),
    (
        "unread",
        "to",
        [
            "A country is stated by its two letters of ISO 3166.",
            "国家（地区）用 ISO 3166 两位字母代码填写。",
            "Страна указывается двумя буквами по ISO 3166.",
        ],
    ),
    (
        "unread",
        "regime",
        [
            "A code has at most 23 characters.",
            "代码最多 23 个字符。",
            "В коде не больше 23 знаков.",
        ],
    ),
    (
        "unread",
        "procedure",
        [
            "A code has at most 23 characters.",
            "代码最多 23 个字符。",
            "В коде не больше 23 знаков.",
        ],
    ),
    (
        "unread",
        "on",
        [
            "A day is written YYYY-MM-DD.",
            "日期写作 YYYY-MM-DD。",
            "День записывается как ГГГГ-ММ-ДД.",
        ],
    ),
    (
        "unread",
        "since",
        [
            "A day is written YYYY-MM-DD.",
            "日期写作 YYYY-MM-DD。",
            "День записывается как ГГГГ-ММ-ДД.",
        ],
    ),
    (
        "unread",
        "until",
        [
            "A day is written YYYY-MM-DD, and the second is not before the first.",
            "日期写作 YYYY-MM-DD，且截止日期不早于起始日期。",
            "День записывается как ГГГГ-ММ-ДД, и второй день не раньше первого.",
        ],
    ),
    ("writes_off", "quantity", ["quantity", "数量", "количество"]),
    ("writes_off", "value", ["value", "金额", "стоимость"]),
    ("cumulation", "bilateral", ["bilateral", "双边累积", "двусторонняя"]),
    ("cumulation", "diagonal", ["diagonal", "对角累积", "диагональная"]),
    ("cumulation", "extended", ["extended", "扩展累积", "расширенная"]),
    ("cumulation", "full", ["full", "完全累积", "полная"]),
    ("quota", "open", ["open", "可用", "открыта"]),
    ("quota", "critical", ["nearly used up", "即将用完", "почти исчерпана"]),
    ("quota", "exhausted", ["used up", "已用完", "исчерпана"]),
    ("quota", "blocked", ["blocked", "暂停使用", "заблокирована"]),
    ("term", "value", ["customs value", "完税价格", "таможенная стоимость"]),
    ("term", "others", ["other duties and taxes", "其他税费", "прочие платежи"]),
    ("role", "Declarant", ["Declarant", "申报人", "Декларант"]),
    ("role", "Agent", ["Agent", "报关企业", "Таможенный представитель"]),
    ("role", "Submitter", ["Submitter", "提交人", "Податель"]),
    ("role", "Importer", ["Importer", "进口商", "Импортёр"]),
    ("role", "Exporter", ["Exporter", "出口商", "Экспортёр"]),
    ("role", "Consignor", ["Consignor", "发货人", "Отправитель"]),
    ("role", "Consignee", ["Consignee", "收货人", "Получатель"]),
    ("role", "Buyer", ["Buyer", "买方", "Покупатель"]),
    ("role", "Seller", ["Seller", "卖方", "Продавец"]),
    ("role", "Carrier", ["Carrier", "承运人", "Перевозчик"]),
    ("role", "NotifyParty", ["Notify party", "通知方", "Уведомляемая сторона"]),
    ("role", "Surety", ["Surety", "担保人", "Поручитель"]),
    ("role", "Manufacturer", ["Manufacturer", "生产商", "Изготовитель"]),
    (
        "remedy",
        "declaration-returned",
        [
            "The answer holds every finding, with its place in three notations. Mend them all and file again with a new Idempotency-Key. The returned filing is kept under its id.",
            "答复中列出全部问题及其三种位置表示。请逐一改正，并用新的 Idempotency-Key 重新申报。被退回的申报按其 ID 保存。",
            "В ответе — все замечания с местом в трёх записях. Исправьте их и подайте снова с новым Idempotency-Key. Возвращённый документ хранится под своим идентификатором.",
        ],
    ),
    (
        "remedy",
        "key-used",
        [
            "Use one key for one message. To repeat a message, send the same bytes; for another message choose a new key.",
            "一个键只用于一份报文。重发时请发送完全相同的内容；另一份报文请用新键。",
            "Один ключ — одно сообщение. Для повтора отправьте те же байты; для другого сообщения возьмите новый ключ.",
        ],
    ),
    (
        "remedy",
        "key-wanted",
        [
            "Add the header Idempotency-Key with a value of your own, such as the digest of the message. With it a repeated filing is harmless.",
            "请加上 Idempotency-Key 标头，值自定，例如报文摘要。有了它，重复提交无害。",
            "Добавьте заголовок Idempotency-Key со своим значением, например дайджестом сообщения. С ним повторная подача безвредна.",
        ],
    ),
    (
        "remedy",
        "method-refused",
        [
            "Use one of the methods the header Allow lists. The paths and their methods are described at /openapi.json.",
            "请使用 Allow 标头所列的方法。各路径及其方法见 /openapi.json。",
            "Используйте метод из заголовка Allow. Пути и их методы описаны в /openapi.json.",
        ],
    ),
    (
        "remedy",
        "media-type",
        [
            "Set Content-Type to application/xml for the WCO message or to application/json for its JSON form.",
            "WCO 报文请将 Content-Type 设为 application/xml，其 JSON 形式设为 application/json。",
            "Для сообщения ВТамО укажите Content-Type application/xml, для формы JSON — application/json.",
        ],
    ),
    (
        "remedy",
        "address-refused",
        [
            "Name a public https address without a name or password in it. A host inside is called only where the operator names it in the file “webhook-allow”; mails want a relay in “mail.toml”.",
            "请给出不含用户名和密码的公网 https 地址。内部主机须由运营者列入 webhook-allow 文件；发送邮件须在 mail.toml 中配置邮件中继。",
            "Укажите публичный адрес https без имени и пароля. Внутренний узел оператор вносит в файл «webhook-allow»; для писем нужен почтовый сервер в «mail.toml».",
        ],
    ),
    (
        "remedy",
        "not-found",
        [
            "Check the number or id in the address against the receipt.",
            "请将地址中的编号或 ID 与回执核对。",
            "Сверьте номер или идентификатор в адресе с квитанцией.",
        ],
    ),
    (
        "remedy",
        "bad-request",
        [
            "Check the headers and the query against the description of the API at /openapi.json.",
            "请对照 /openapi.json 的接口说明检查标头和查询参数。",
            "Сверьте заголовки и запрос с описанием API в /openapi.json.",
        ],
    ),
    (
        "remedy",
        "too-large",
        [
            "A message has at most 16 MiB. Split the consignment, or send only what the data model holds.",
            "一份报文最大 16 MiB。请拆分申报，或只发送数据模型所含的内容。",
            "Сообщение — не больше 16 МиБ. Разделите партию или отправьте только то, что есть в модели данных.",
        ],
    ),
    (
        "remedy",
        "sign-in-wanted",
        [
            "Send the token of the house as a bearer token, or as the password in a browser. It is in the file “token” in the folder of the house.",
            "请以 Bearer 方式发送系统令牌，浏览器中则作为密码输入。令牌在系统数据文件夹的 token 文件中。",
            "Отправьте токен системы как Bearer, а в браузере — как пароль. Он в файле «token» в папке системы.",
        ],
    ),
    (
        "remedy",
        "unavailable",
        [
            "Wait as long as Retry-After says and send the same bytes with the same key.",
            "请按 Retry-After 等待，然后用相同的键重发相同的内容。",
            "Подождите, сколько указано в Retry-After, и отправьте те же байты с тем же ключом.",
        ],
    ),
    ("words", "ours", ["a synonym of ours", "自编同义词", "наш синоним"]),
    ("words", "reference", ["an official index of goods", "官方商品索引", "официальный указатель"]),
    ("words", "trader", ["a trader's description", "贸易商的描述", "описание участника торговли"]),
];

/// Every term: group, name, words.
fn terms() -> impl Iterator<Item = &'static (&'static str, &'static str, [&'static str; 3])> {
    TERMS
        .iter()
        .chain(life::TERMS)
        .chain(money::TERMS)
        .chain(decide::TERMS)
        .chain(drafts::TERMS)
        .chain(lpco::TERMS)
        .chain(tasks::TERMS)
}

/// The word for a name on the wire; `None` where the table has none.
pub(crate) fn term(language: Language, group: &str, name: &str) -> Option<&'static str> {
    let mut all = terms();
    let (_, _, [en, zh, ru]) = all.find(|(g, n, _)| *g == group && *n == name)?;
    Some(match language {
        Language::En => en,
        Language::Zh => zh,
        Language::Ru => ru,
    })
}

/// The words for a name in the three languages, by their tags; empty where the table has none.
pub(crate) fn texts(group: &str, name: &str) -> serde_json::Value {
    let [en, zh, ru] = [Language::En, Language::Zh, Language::Ru]
        .map(|language| term(language, group, name).unwrap_or_default());
    serde_json::json!({"en": en, "zh": zh, "ru": ru})
}

#[cfg(test)]
mod tests {
    use fondaco::consignment::{Event, Hold, HoldKind, Refusal, Request, RequestKind, State};
    use fondaco::decision::Lane;

    use super::*;

    /// What is written the same in every language.
    const NAMES: &[&str] = &["Idempotency-Key", "XPath", "JSON Pointer", "XML"];

    #[test]
    fn every_cell_is_filled_in_its_own_script() {
        let terms = terms().map(|(g, n, cells)| (format!("{g} {n}"), cells));
        let phrases = PHRASES.iter().map(|(n, cells)| ((*n).to_owned(), cells));
        for (name, [en, zh, ru]) in phrases.chain(terms) {
            for cell in [en, zh, ru] {
                assert!(!cell.trim().is_empty() && cell.trim() == *cell, "{name}: “{cell}”");
            }
            assert!(en.is_ascii() || !en.chars().any(|c| ('а'..='я').contains(&c)), "{name} en");
            assert!(!en.chars().any(|c| ('一'..='鿿').contains(&c)), "{name} en");
            if NAMES.contains(zh) || NAMES.contains(ru) {
                assert_eq!(en, ru, "{name}");
                continue;
            }
            assert!(zh.chars().any(|c| ('一'..='鿿').contains(&c)), "{name} zh: {zh}");
            assert!(!zh.chars().any(|c| ('а'..='я').contains(&c)), "{name} zh: {zh}");
            assert!(ru.chars().any(|c| ('а'..='я').contains(&c)), "{name} ru: {ru}");
            assert!(!ru.chars().any(|c| ('一'..='鿿').contains(&c)), "{name} ru: {ru}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut seen = std::collections::BTreeSet::new();
        for (group, name, _) in terms() {
            assert!(seen.insert((group, name)), "{group} {name}");
        }
    }

    #[test]
    fn every_name_of_the_core_has_its_word() {
        let has =
            |group, name| assert!(term(Language::En, group, name).is_some(), "{group} {name}");
        let request = |kind| Request { number: 1, kind };
        let hold = Hold::of_customs(HoldKind::Query);
        let asked = RequestKind::ALL.map(|kind| Event::Requested(request(kind)));
        let answer = request(RequestKind::Appeal);
        let other = [Event::Lifted(hold), Event::Overdue(hold), Event::Corrected(1)];
        let refusal = Refusal::first(hold.agency);
        let other = other.into_iter().chain([
            Event::Refused(refusal),
            Event::Overturned(refusal),
            Event::Amended(1),
            Event::StillCleared(1),
            Event::Granted(answer),
            Event::Denied(answer),
        ]);
        let held = HoldKind::ALL.map(|kind| Event::Held(Hold::of_customs(kind)));
        let debt = [Event::PaymentWanted(1), Event::Secured(1), Event::Settled(1)];
        for event in Event::PLAIN.into_iter().chain(debt).chain(held).chain(asked).chain(other) {
            has("event", event.name());
            if let Some(function) = event.response() {
                has("function", function);
            }
        }
        for state in State::ALL {
            has("state", state.name());
            has("told", state.name());
        }
        for lane in [Lane::Green, Lane::Yellow, Lane::Red] {
            has("lane", lane.name());
        }
        for (name, _) in super::super::problems::PROBLEMS {
            has("remedy", name);
        }
    }
}
