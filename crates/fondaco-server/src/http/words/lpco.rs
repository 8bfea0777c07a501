//! Words for documents of the register: what is done about one, how it stands, what a write-off is.

/// As in the table of [`super`]: group, name, English, Chinese, Russian.
pub(super) const TERMS: &[(&str, &str, [&str; 3])] = &[
    ("lpco", "active", ["Valid", "有效", "Действует"]),
    ("lpco", "suspended", ["Suspended", "已暂停", "Приостановлен"]),
    ("lpco", "revoked", ["Revoked", "已撤销", "Аннулирован"]),
    ("lpco", "issue", ["Issued", "签发", "Выдан"]),
    ("lpco", "amend", ["Amended", "变更", "Изменён"]),
    ("lpco", "suspend", ["Suspended", "暂停", "Приостановлен"]),
    ("lpco", "resume", ["Resumed", "恢复", "Возобновлён"]),
    ("lpco", "revoke", ["Revoked", "撤销", "Аннулирован"]),
    ("lpco", "reserved", ["Reserved", "已预留", "Зарезервировано"]),
    ("lpco", "final", ["Written off", "已核销", "Списано"]),
    ("lpco", "given-back", ["Given back", "已退还", "Возвращено"]),
];
