//! The OpenAPI document of the binary under test, and whether an answer is the one that it describes.

use std::{
    collections::HashMap,
    env,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use jsonschema::Validator;
use serde_json::{Value, json};

/// What an answer is told apart by: method, path with its parameters, status, and the code of a problem or
/// `-`.
pub(crate) type Seen = (String, String, u16, String);

/// The document.
pub(crate) struct Document {
    value: Value,
    operations: Vec<Operation>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// One operation of the document.
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) value: Value,
}

impl Operation {
    /// Whether the operation is on the listener for operators.
    pub(crate) fn is_for_operators(&self) -> bool {
        self.path.starts_with("/api/admin/")
    }
}

impl Document {
    /// The document that the binary prints.
    pub(crate) fn of_the_binary() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the command");
        let given = env::var_os("PASSPORT_TEST_BINARY").filter(|path| !path.is_empty());
        let binary = given.unwrap_or_else(|| env!("CARGO_BIN_EXE_passport").into());
        let output = Command::new(binary)
            .arg("openapi")
            .current_dir(folder.path())
            .env_clear()
            .output()
            .expect("the binary runs");
        let mut value: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
        let operations =
            value["paths"].as_object().into_iter().flatten().flat_map(|(path, item)| {
                item.as_object().into_iter().flatten().map(|(method, value)| Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    value: value.clone(),
                })
            });
        let operations = operations.collect();
        close(&mut value["components"]);
        Self { value, operations, validators: Mutex::default() }
    }

    /// The operations for visitors.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|it| !it.is_for_operators())
    }

    /// All operations.
    pub(crate) fn all_operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation that a request is for, if there is one.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        let fits = |template: &str| {
            let (template, path) = (template.split('/'), path.split('/'));
            template.clone().count() == path.clone().count()
                && template.zip(path).all(|(part, own)| part.starts_with('{') || part == own)
        };
        // `/sessions/continuations` is no id of a session.
        let paths = self.operations.iter().map(|it| &it.path).filter(|path| fits(path));
        let path = paths.min_by_key(|path| path.matches('{').count())?;
        self.operations.iter().find(|it| it.method == method && it.path == *path)
    }

    /// The key of an answer to `operation`.
    ///
    /// # Errors
    ///
    /// The document does not describe the answer.
    pub(crate) fn check(
        &self,
        operation: &Operation,
        status: u16,
        media_type: &str,
        body: &[u8],
    ) -> Result<Seen, String> {
        let Operation { method, path, value } = operation;
        let response = &value["responses"][status.to_string()];
        if response.is_null() {
            return Err(format!("{method} {path}: status {status} is not described"));
        }
        let seen = |code: &str| (method.clone(), path.clone(), status, code.to_owned());
        let Some(content) = response["content"].as_object() else {
            let is_empty = body.is_empty();
            let fault = || format!("{method} {path}: {status} has a body that is not described");
            return if is_empty { Ok(seen("-")) } else { Err(fault()) };
        };
        let media_type = media_type.split(';').next().unwrap_or_default();
        let Some(described) = content.get(media_type) else {
            return Err(format!("{method} {path}: {status} as {media_type:?} is not described"));
        };
        if !media_type.ends_with("json") {
            return Ok(seen("-"));
        }
        let body: Value = serde_json::from_slice(body)
            .map_err(|error| format!("{method} {path}: {status}: {error}"))?;
        let validator = self.validator(&described["schema"]);
        let faults: Vec<_> = validator
            .iter_errors(&body)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        if !faults.is_empty() {
            return Err(format!("{method} {path}: {status}: {faults:?} in {body}"));
        }
        Ok(seen(if media_type == "application/problem+json" {
            body["code"].as_str().unwrap_or_default()
        } else {
            "-"
        }))
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let key = schema.to_string();
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let mut schema = schema.clone();
            schema["components"] = self.value["components"].clone();
            let options = jsonschema::draft202012::options().should_validate_formats(true);
            Arc::new(options.build(&schema).expect("each schema is valid"))
        };
        Arc::clone(validators.entry(key).or_insert_with(make))
    }
}

/// Makes each object schema refuse members that it does not describe: clients have to ignore them, and
/// tests have to find them.
fn close(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.contains_key("properties") && members.get("type") == Some(&json!("object")) {
                members.entry("additionalProperties").or_insert(false.into());
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}
