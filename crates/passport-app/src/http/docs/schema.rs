//! Members of a schema as rows of text, and an example of it.

use serde_json::{Map, Value, json};

/// A member of a request or response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Name; behind a dot that of a member of a member, behind `[]` that of an item.
    pub(super) name: String,
    /// Type, whether it is required, and bounds.
    pub(super) form: String,
    pub(super) description: String,
}

/// A schema of a document, with the document that its references lead into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schema<'a> {
    document: &'a Value,
    value: &'a Value,
}

impl<'a> Schema<'a> {
    pub(super) fn new(document: &'a Value, value: &'a Value) -> Self {
        Self { document, value }
    }

    fn at(self, value: &'a Value) -> Self {
        Self { value, ..self }
    }

    /// The schema behind its reference, and without `null` as alternative.
    fn resolved(self) -> Self {
        if let Some(reference) = self.value["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            return self.at(self.document.pointer(pointer).unwrap_or(&Value::Null)).resolved();
        }
        let null = json!({ "type": "null" });
        match self.value["oneOf"].as_array().map(Vec::as_slice) {
            Some([one, other] | [other, one]) if *other == null => self.at(one).resolved(),
            _ => self,
        }
    }

    /// The alternatives of a schema that has several, otherwise the schema itself.
    pub(super) fn forms(self) -> Vec<Self> {
        let this = self.resolved();
        match this.value["oneOf"].as_array() {
            Some(forms) => forms.iter().map(|form| this.at(form)).collect(),
            None => vec![this],
        }
    }

    pub(super) fn description(self) -> &'a str {
        let own = self.value["description"].as_str();
        own.or_else(|| self.resolved().value["description"].as_str()).unwrap_or_default()
    }

    /// Properties with their names, and whether each is required.
    fn properties(self) -> Vec<(&'a str, Self, bool)> {
        let this = self.resolved();
        if let Some(parts) = this.value["allOf"].as_array() {
            return parts.iter().flat_map(|part| this.at(part).properties()).collect();
        }
        let required = this.value["required"].as_array();
        let is_required = |name: &str| required.is_some_and(|it| it.iter().any(|it| it == name));
        let properties = this.value["properties"].as_object().into_iter().flatten();
        let mut properties: Vec<_> = properties
            .map(|(name, value)| (name.as_str(), this.at(value), is_required(name)))
            .collect();
        properties.sort_by_key(|(_, _, is_required)| !is_required);
        properties
    }

    /// The members, with those of their members.
    pub(super) fn members(self) -> Vec<Member> {
        let mut members = Vec::new();
        self.collect("", &mut members);
        members
    }

    fn collect(self, prefix: &str, members: &mut Vec<Member>) {
        for (name, schema, is_required) in self.properties() {
            let name = format!("{prefix}{name}");
            let form = schema.form(is_required);
            members.push(Member {
                form,
                description: schema.description().to_owned(),
                name: name.clone(),
            });
            let resolved = schema.resolved();
            resolved.collect(&format!("{name}."), members);
            resolved.at(&resolved.value["items"]).collect(&format!("{name}[]."), members);
        }
    }

    /// Type and bounds in words.
    pub(super) fn form(self, is_required: bool) -> String {
        let value = self.resolved().value;
        let mut words = vec![self.type_name()];
        if is_required {
            words.push("required".to_owned());
        }
        let bounds = [
            ("minLength", "at least", "characters"),
            ("maxLength", "at most", "characters"),
            ("minimum", "at least", ""),
        ];
        for (key, bound, unit) in bounds {
            let number = value[key].as_u64().filter(|number| *number > 0);
            words.extend(number.map(|it| format!("{bound} {it} {unit}").trim_end().to_owned()));
        }
        words.extend(value["pattern"].as_str().map(|pattern| format!("pattern {pattern}")));
        words.join(", ")
    }

    fn type_name(self) -> String {
        let value = self.resolved().value;
        if value["const"].is_string() || value["const"].is_number() {
            return value["const"].to_string();
        }
        if let Some(names) = value["enum"].as_array() {
            return names.iter().map(Value::to_string).collect::<Vec<_>>().join(" or ");
        }
        let (name, is_nullable) = match &value["type"] {
            Value::Array(names) => (names[0].as_str(), names.len() > 1),
            name => (name.as_str(), false),
        };
        let name = match (name, value["format"].as_str()) {
            (_, Some("date-time")) => "time (RFC 3339)",
            (_, Some("uuid")) => "UUID",
            (Some("array"), _) => "list",
            (Some(name), _) => name,
            (None, _) => "object",
        };
        if is_nullable || self.is_optional() { format!("{name} or null") } else { name.to_owned() }
    }

    /// Whether `null` is an alternative.
    fn is_optional(self) -> bool {
        let forms = self.value["oneOf"].as_array();
        forms.is_some_and(|forms| forms.iter().any(|form| form["type"] == "null"))
    }

    /// An example with the required members, and a bearer token where one can be asked for.
    pub(super) fn example(self) -> Value {
        let this = self.forms()[0].resolved();
        let value = this.value;
        let given = [&value["examples"][0], &value["example"], &value["const"], &value["enum"][0]];
        if let Some(given) = given.into_iter().find(|it| !it.is_null()) {
            return given.clone();
        }
        let kind = value["type"].as_str().or_else(|| value["type"][0].as_str());
        match (kind, value["format"].as_str()) {
            (_, Some("date-time")) => "2026-11-29T12:00:00Z".into(),
            (_, Some("uuid")) => "019ad000-0000-7000-8000-000000000000".into(),
            (Some("boolean"), _) => true.into(),
            (Some("integer"), _) => 60.into(),
            (Some("array"), _) => json!([this.at(&value["items"]).example()]),
            (Some("string"), _) => "text".into(),
            _ => {
                let wanted = |name: &str, is_required| is_required || name == "transport";
                let members = this.properties().into_iter().filter(|it| wanted(it.0, it.2));
                let value = |name: &str, schema: Self| match name {
                    "transport" => "bearer".into(),
                    _ => schema.example(),
                };
                let members = members.map(|it| (it.0.to_owned(), value(it.0, it.1)));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        json!({ "components": { "schemas": {
            "Name": { "type": "string", "minLength": 1, "maxLength": 9, "examples": ["Ada"] },
            "Base": {
                "type": "object",
                "required": ["id"],
                "properties": { "id": { "type": "string", "format": "uuid" } },
            },
        } } })
    }

    #[test]
    fn members_of_members_and_items_are_listed() {
        let value = json!({ "allOf": [
            { "$ref": "#/components/schemas/Base" },
            {
                "type": "object",
                "required": ["inner"],
                "properties": {
                    "inner": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "name": {
                                    "oneOf": [
                                        { "$ref": "#/components/schemas/Name", "description": "A name." },
                                        { "type": "null" },
                                    ],
                                },
                            },
                        },
                    },
                },
            },
        ] });
        let document = document();
        let members = Schema::new(&document, &value).members();
        let rows: Vec<_> = members.iter().map(|it| (it.name.as_str(), it.form.as_str())).collect();
        assert_eq!(
            rows,
            [
                ("id", "UUID, required"),
                ("inner", "list, required"),
                ("inner[].name", "string or null, at least 1 characters, at most 9 characters"),
            ]
        );
    }

    #[test]
    fn an_example_has_the_required_members() {
        let value = json!({ "oneOf": [
            {
                "type": "object",
                "required": ["name", "on"],
                "properties": {
                    "name": { "$ref": "#/components/schemas/Name" },
                    "on": { "type": "boolean", "enum": [true] },
                    "other": { "type": "integer" },
                    "transport": { "type": "string", "enum": ["cookie", "bearer"] },
                },
            },
            { "$ref": "#/components/schemas/Base" },
        ] });
        let document = document();
        let schema = Schema::new(&document, &value);
        let expected = json!({ "name": "Ada", "on": true, "transport": "bearer" });
        assert_eq!(schema.example(), expected);
        assert_eq!(schema.forms().len(), 2);
        assert_eq!(schema.forms()[1].example()["id"], "019ad000-0000-7000-8000-000000000000");
    }
}
