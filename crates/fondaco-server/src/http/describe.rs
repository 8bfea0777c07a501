//! What the description says of every path alike: who may ask, and what any of them may answer.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder};

/// The name of the house's token in the description.
const TOKEN: &str = "token";

fn problem(what: &str) -> RefOr<Response> {
    let body = Content::new(Some(Ref::from_schema_name("Problem")));
    let response = ResponseBuilder::new().description(what);
    RefOr::T(response.content("application/problem+json", body).build())
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut path.get),
        ("post", &mut path.post),
        ("put", &mut path.put),
        ("delete", &mut path.delete),
        ("patch", &mut path.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// A name no other operation has, for the clients that are generated.
fn id(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/v1/").replace(['{', '}'], "");
    let parts = path.split(['/', '.', '-']).filter(|part| !part.is_empty());
    std::iter::once(method).chain(parts).collect::<Vec<_>>().join("_")
}

/// Adds what is so of every path.
pub(super) fn complete(description: &mut OpenApi) {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let scheme = scheme.description(Some("The house's token; a sandbox asks for none")).build();
    let parts = description.components.get_or_insert_default();
    parts.security_schemes.insert(TOKEN.to_owned(), SecurityScheme::Http(scheme).into());
    for (path, item) in &mut description.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(id(method, path));
            let all = &mut operation.responses.responses;
            let mut may = |status: &str, what: &str| {
                all.entry(status.to_owned()).or_insert_with(|| problem(what));
            };
            if operation.parameters.is_some() || operation.request_body.is_some() {
                may("400", "The request cannot be read: `field` names what");
            }
            may("503", "The store failed; nothing was taken");
            // What is open, and what neighbours bring signed.
            if path == "/healthz" || (path == super::exchange::DOOR && method == "post") {
                continue;
            }
            may("401", "The house's token is wanted");
            let token = SecurityRequirement::new::<_, [&str; 0], &str>(TOKEN, []);
            operation.security = Some(vec![token, SecurityRequirement::default()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    /// Each path of the description, with its operations.
    fn described() -> Vec<(String, String, Value)> {
        let (_, description) = super::super::api::router();
        let description: Value = serde_json::from_str(&description.to_json().unwrap()).unwrap();
        let mut all = Vec::new();
        for (path, item) in description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                all.push((path.clone(), method.clone(), operation.clone()));
            }
        }
        all
    }

    #[test]
    fn a_parameter_is_in_the_path_where_the_path_has_its_name() {
        let all = described();
        assert!(all.len() > 40, "{}", all.len());
        for (path, method, operation) in all {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let mut named: Vec<&str> = Vec::new();
            for one in parameters.iter().filter(|p| p["in"] == "path") {
                named.push(one["name"].as_str().unwrap());
            }
            let mut wanted: Vec<&str> =
                path.split('{').skip(1).map(|p| p.split('}').next().unwrap()).collect();
            named.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(named, wanted, "{method} {path}");
        }
    }

    #[test]
    fn no_two_operations_have_one_name() {
        let mut seen = std::collections::BTreeSet::new();
        for (path, method, operation) in described() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(seen.insert(name.clone()), "{method} {path}: {name}");
        }
    }

    #[test]
    fn every_refusal_is_described_as_a_problem() {
        for (path, method, operation) in described() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                if status.starts_with(['4', '5']) {
                    let body = &response["content"]["application/problem+json"];
                    let schema = body["schema"]["$ref"].as_str().unwrap_or_default();
                    assert!(schema.ends_with("/Problem"), "{method} {path} {status}");
                }
            }
        }
    }
}
