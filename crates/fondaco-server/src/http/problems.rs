//! Problems by name, in three languages.

/// Problems by name: title in English, Chinese, Russian.
pub(crate) const PROBLEMS: &[(&str, [&str; 3])] = &[
    (
        "declaration-returned",
        [
            "The declaration is returned: see the findings",
            "报关单被退回：见所列问题",
            "Декларация возвращена: см. замечания",
        ],
    ),
    (
        "key-used",
        [
            "This Idempotency-Key was used for another message",
            "该 Idempotency-Key 已用于另一份报文",
            "Этот Idempotency-Key уже использован для другого сообщения",
        ],
    ),
    (
        "key-wanted",
        [
            "An Idempotency-Key of 1 to 255 visible characters is wanted",
            "需要 1 至 255 个可见字符的 Idempotency-Key",
            "Нужен Idempotency-Key из 1–255 видимых знаков",
        ],
    ),
    (
        "media-type",
        [
            "Send application/xml or application/json",
            "请发送 application/xml 或 application/json",
            "Отправьте application/xml или application/json",
        ],
    ),
    (
        "method-refused",
        [
            "Nothing here is asked for by this method: `Allow` lists those that are",
            "此处不支持该方法：可用方法见 `Allow`",
            "Здесь так не спрашивают: допустимые методы — в `Allow`",
        ],
    ),
    ("not-found", ["There is no such thing here", "此处没有该内容", "Здесь такого нет"]),
    (
        "bank-message-refused",
        [
            "The bank's message was not taken, nothing of it; it is kept",
            "银行报文未被接收，其中内容均未入账；报文已留存",
            "Сообщение банка не принято, ничего из него не проведено; оно сохранено",
        ],
    ),
    (
        "not-the-bank",
        [
            "The message is not signed by the bank",
            "报文没有银行的签名",
            "Сообщение не подписано банком",
        ],
    ),
    (
        "money-refused",
        [
            "The ledger does not take it: see why",
            "账目不予接受：见原因",
            "Учёт этого не принимает: см. причину",
        ],
    ),
    (
        "no-rate",
        [
            "No official rate of exchange is good today for this currency",
            "该币种今日没有有效的官方汇率",
            "Для этой валюты сегодня нет действующего официального курса",
        ],
    ),
    (
        "order-refused",
        [
            "No payment order is made: see why",
            "无法生成付款指令：见原因",
            "Платёжное поручение не составлено: см. причину",
        ],
    ),
    ("booking-refused", ["It cannot be booked", "无法预约", "Записать нельзя"]),
    (
        "result-differs",
        [
            "The device said something else under this number",
            "该设备已用此编号提交过其他内容",
            "Устройство уже сообщило под этим номером другое",
        ],
    ),
    (
        "envelope-refused",
        [
            "The envelope is not taken: see why",
            "信封未被接收：见原因",
            "Конверт не принят: см. причину",
        ],
    ),
    (
        "envelope-aside",
        [
            "The envelope took its number and is put aside: see why. The next one may come",
            "该信封已占用其序号并被搁置：见原因。可继续提交下一封",
            "Конверт занял свой номер и отложен: см. причину. Можно слать следующий",
        ],
    ),
    (
        "too-slow",
        ["The message did not come in time", "报文未及时送达", "Сообщение не пришло вовремя"],
    ),
    (
        "busy",
        [
            "Too much is sent at once; nothing was taken",
            "同时发送的内容过多；未受理任何内容",
            "Слишком много присылают сразу; ничего не принято",
        ],
    ),
    (
        "envelope-used",
        [
            "The id or the number of the envelope was used by another one",
            "该信封的标识或序号已被另一信封使用",
            "Идентификатор или номер конверта уже использован другим",
        ],
    ),
    (
        "envelope-unmade",
        [
            "This house made no envelope of that number for you",
            "本系统未曾为贵方生成该序号的信封",
            "Конверта с таким номером эта система для вас не составляла",
        ],
    ),
    (
        "envelope-order",
        ["Another envelope is wanted first", "应先提交另一信封", "Сначала нужен другой конверт"],
    ),
    (
        "address-refused",
        [
            "The house does not tell anything there",
            "系统不会向该地址发送通知",
            "По этому адресу система не сообщает",
        ],
    ),
    ("act-refused", ["It cannot be done now", "现在无法办理", "Сейчас это невозможно"]),
    (
        "still-unknown",
        [
            "Amounts that may have to be paid are not known still: state each, or load the rates",
            "仍有可能应缴的金额未知：请逐项填明，或载入税率",
            "Ещё неизвестны суммы, которые могут подлежать уплате: укажите каждую или загрузите ставки",
        ],
    ),
    (
        "amendment-not-applied",
        [
            "The amendment points where nothing can be changed",
            "修改所指之处无法更改",
            "Изменение указывает туда, где менять нечего",
        ],
    ),
    (
        "reason-wanted",
        [
            "A reason that goes with the act is wanted",
            "需要与该操作相符的理由",
            "Нужна причина, подходящая к действию",
        ],
    ),
    (
        "bad-request",
        ["The request cannot be read", "无法读取该请求", "Запрос не удалось прочитать"],
    ),
    (
        "too-large",
        ["The message is larger than 16 MiB", "报文超过 16 MiB", "Сообщение больше 16 МиБ"],
    ),
    (
        "sign-in-wanted",
        ["Sign in with the house's token", "请使用系统令牌登录", "Войдите с токеном системы"],
    ),
    (
        "unavailable",
        [
            "The house cannot write just now; nothing was taken. Send it again with the same key",
            "系统暂时无法写入，未受理任何内容。请用相同的键重新发送",
            "Система сейчас не может записывать; ничего не принято. Повторите с тем же ключом",
        ],
    ),
];
