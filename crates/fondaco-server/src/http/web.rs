//! Pages.
pub(crate) fn router() -> axum::Router<std::sync::Arc<crate::house::House>> {
    axum::Router::new()
}
