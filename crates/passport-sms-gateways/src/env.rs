use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use passport_sms_client::{
    Clock, Gateway, Locale, Parameter, Prefix, Route, Template, Templates, Topic,
};
use secrecy::SecretString;

use crate::{Account, Calls, Fields, HttpsSettings, KINDS, Kind, Site};

/// Prefix of the variables of the service `passport`, which are read too.
const SERVICE: &str = "PASSPORT__SMS__";

/// The gateways that variables of the environment describe, in order of preference, with the system's clock.
///
/// ```text
/// SMS_GATEWAYS=china,abroad             names, in order of preference
/// SMS_ORIGIN=id.example.com             host in the last line of codes, for WebOTP
/// SMS_ROOT_CA=proxy.pem                 file of roots to trust in addition to the public ones
/// CHINA_KIND=…                          one of `KINDS`; by default the name itself
/// CHINA_PREFIXES=+86                    beginnings of the numbers that it is for; by default all
/// CHINA_ACCESS_KEY_ID=…                 settings of the account: the name and the key, in capitals
/// CHINA_TEMPLATE_ID=…
/// CHINA_TEMPLATE_PARAMETERS=code        or code:NAME; by default code,minutes
/// ABROAD_KIND=…
/// ```
///
/// The README lists the settings of each kind, and `KINDS` the kinds. The variables of the service
/// `passport` are read too, such as `PASSPORT__SMS__GATEWAYS` and `PASSPORT__SMS__CHINA__KIND`; the short names
/// take precedence.
///
/// # Errors
///
/// Everything that is missing or cannot be used, by the names of the variables. No value is repeated.
pub fn from_env(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Route>, EnvError> {
    #[expect(clippy::disallowed_methods, reason = "the caller passes the environment of a program")]
    let clock = Clock::new(time::OffsetDateTime::now_utc);
    from_env_at(variables, clock)
}

/// The same as [`from_env`], with another clock.
///
/// # Errors
///
/// As for [`from_env`].
pub fn from_env_at(
    variables: impl IntoIterator<Item = (String, String)>,
    clock: Clock,
) -> Result<Vec<Route>, EnvError> {
    let all: BTreeMap<_, _> =
        variables.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    let mut common = Variables { all: &all, name: "sms", is_service: true, faults: Vec::new() };
    let names = common.list("gateways");
    if names.is_empty() {
        common
            .faults
            .push("SMS_GATEWAYS must be names of gateways, with commas between".to_owned());
    }
    let mut site = Site::new(clock);
    if let Some(host) = common.optional("origin") {
        site.origin = host.parse().ok();
        if site.origin.is_none() {
            common.faults.push("SMS_ORIGIN must be a host name such as id.example.com".to_owned());
        }
    }
    let mut faults = common.faults;
    let mut routes = Vec::new();
    for name in &names {
        let mut table = Variables { all: &all, name, is_service: false, faults: Vec::new() };
        let route = table.route(&site);
        faults.append(&mut table.faults);
        routes.extend(route);
    }
    if faults.is_empty() { Ok(routes) } else { Err(EnvError(faults)) }
}

/// Variables that are missing or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvError(Vec<String>);

impl EnvError {
    /// A sentence for each fault.
    pub fn faults(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for EnvError {}

/// Settings of an account in variables: `CHINA_AUTH_TOKEN` is `auth_token` of `china`.
struct Variables<'a> {
    all: &'a BTreeMap<String, String>,
    name: &'a str,
    /// Whether these are the settings of the whole, and not of a gateway.
    is_service: bool,
    faults: Vec<String>,
}

impl Variables<'_> {
    fn variable(&self, key: &str) -> String {
        format!("{}_{key}", self.name).to_uppercase()
    }

    fn service_variable(&self, key: &str) -> String {
        let key = if self.is_service { key.to_owned() } else { format!("{}__{key}", self.name) };
        format!("{SERVICE}{}", key.to_uppercase())
    }

    fn route(&mut self, site: &Site) -> Option<Route> {
        let kind = self.text("kind", self.name);
        let Some(kind) = Kind::named(&kind) else {
            let kinds: Vec<_> = KINDS.iter().map(|kind| kind.name).collect();
            self.refuse("kind", &format!("one of {}", kinds.join(", ")));
            return None;
        };
        let prefixes: Vec<_> =
            self.list("prefixes").iter().map(|it| it.parse::<Prefix>()).collect();
        if prefixes.iter().any(Result::is_err) {
            self.refuse("prefixes", "beginnings of numbers such as +86, with commas between");
        }
        let account: Box<dyn Account> = (kind.read)(self);
        let before = self.faults.len();
        if before == 0 {
            for fault in account.faults() {
                self.refuse(fault.setting, fault.allowed);
            }
        }
        if !self.faults.is_empty() {
            return None;
        }
        let gateway: Arc<dyn Gateway> = match account.open(site) {
            Ok(gateway) => gateway,
            Err(fault) => {
                self.refuse(fault.setting, fault.allowed);
                return None;
            }
        };
        // Without a weight the order counts.
        Some(Route::new(self.name, gateway).weight(0).only_to(prefixes.into_iter().flatten()))
    }

    /// The variables that begin with that key, by the lower-case rest of their names.
    fn below(&self, key: &str) -> Vec<(String, String)> {
        let beginnings = [self.variable(key) + "_", self.service_variable(key) + "__"];
        let rest = |name: &str| {
            beginnings.iter().find_map(|it| Some(name.strip_prefix(it)?.to_lowercase()))
        };
        let rows = self.all.iter().filter_map(|(name, value)| Some((rest(name)?, value.clone())));
        rows.collect()
    }

    /// The value of a variable that may have one of `allowed`, of which the first is the default.
    fn one_of(&mut self, key: &str, allowed: &[&str]) -> usize {
        let Some(value) = self.optional(key) else { return 0 };
        allowed.iter().position(|it| *it == value).unwrap_or_else(|| {
            self.refuse(key, &allowed.join(" or "));
            0
        })
    }
}

impl Fields for Variables<'_> {
    fn optional(&mut self, key: &str) -> Option<String> {
        let value = self.all.get(&self.variable(key));
        value.or_else(|| self.all.get(&self.service_variable(key))).cloned()
    }

    fn text(&mut self, key: &str, default: &str) -> String {
        self.optional(key).unwrap_or_else(|| default.to_owned())
    }

    fn optional_secret(&mut self, key: &str) -> Option<SecretString> {
        self.optional(key).map(SecretString::from)
    }

    fn flag(&mut self, key: &str, default: bool) -> bool {
        let (yes, no) = ("true", "false");
        let allowed = if default { [yes, no] } else { [no, yes] };
        allowed[self.one_of(key, &allowed)] == yes
    }

    fn duration(&mut self, key: &str, default: Duration) -> Duration {
        let Some(text) = self.optional(key) else { return default };
        let seconds = text.strip_suffix('s').unwrap_or(&text).parse().ok();
        let seconds = seconds.filter(|seconds| (1..=3_600).contains(seconds));
        if seconds.is_none() {
            self.refuse(key, "seconds from 1s to 3600s");
        }
        seconds.map_or(default, Duration::from_secs)
    }

    fn choice(&mut self, key: &str, choices: &[&str]) -> usize {
        self.one_of(key, choices)
    }

    fn endpoint(&mut self, default: &str) -> String {
        self.text("endpoint", default)
    }

    /// The common roots. A sender has its own time limits, so the defaults of the gateways are kept.
    fn https(&mut self, _: Calls) -> HttpsSettings {
        let mut https = HttpsSettings::default();
        let own = self.optional("root_ca");
        if let Some(path) = own.or_else(|| self.all.get("SMS_ROOT_CA").cloned()) {
            match std::fs::read_to_string(&path) {
                Ok(pem) => https.extra_root_ca = Some(pem),
                Err(error) => self.refuse("root_ca", &format!("a readable file: {error}")),
            }
        }
        https
    }

    fn table(&mut self, key: &str) -> Vec<(String, String)> {
        self.below(key)
    }

    fn secret_table(&mut self, key: &str) -> Vec<(String, SecretString)> {
        self.below(key).into_iter().map(|(name, value)| (name, value.into())).collect()
    }

    /// `template_id` and `template_parameters`, for codes, and `template_TOPIC` without parameters.
    fn optional_templates(&mut self) -> Option<Templates> {
        let fallback = self.optional("template_id").map(|id| {
            let mut parameters = self.list("template_parameters");
            if parameters.is_empty() {
                parameters = ["code", "minutes"].map(str::to_owned).to_vec();
            }
            self.template(id, &parameters)
        });
        let mut templates = fallback.map(Templates::new);
        for topic in Topic::all().filter(|topic| matches!(topic, Topic::Notice(_))) {
            let key = format!("template_{}", topic.as_str().replace('-', "_"));
            let Some(id) = self.optional(&key) else { continue };
            for locale in Locale::ALL {
                let template = Template::new(id.clone(), []);
                templates = Some(templates.unwrap_or_default().with(topic, locale, template));
            }
        }
        templates
    }

    fn missing(&mut self, key: &str) {
        self.faults.push(format!("{} is not set", self.variable(key)));
    }

    fn refuse(&mut self, key: &str, allowed: &str) {
        self.faults.push(format!("{} must be {allowed}", self.variable(key)));
    }

    fn conflict(&mut self, one: &str, other: &str) {
        let (one, other) = (self.variable(one), self.variable(other));
        self.faults.push(format!("only one of {one} and {other} may be set"));
    }
}

impl Variables<'_> {
    fn template(&mut self, id: String, gaps: &[String]) -> Template {
        let mut parameters = Vec::new();
        let mut names = Vec::new();
        for gap in gaps {
            let (parameter, name) = gap
                .split_once(':')
                .map_or((gap.as_str(), None), |(parameter, name)| (parameter, Some(name)));
            let known = [Parameter::Code, Parameter::Minutes];
            match known.into_iter().find(|it| it.as_str() == parameter) {
                Some(parameter) if name != Some("") => {
                    parameters.push(parameter);
                    names.extend(name.map(|name| (parameter, name.to_owned())));
                }
                _ => self.refuse("template_parameters", "code and minutes, or code:NAME"),
            }
        }
        let template = Template::new(id, parameters);
        names
            .into_iter()
            .fold(template, |template, (parameter, name)| template.naming(parameter, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::clock;

    const BOTH: [(&str, &str); 8] = [
        ("SMS_GATEWAYS", "china, vonage"),
        ("CHINA_KIND", "aliyun"),
        ("CHINA_PREFIXES", "+86"),
        ("CHINA_ACCESS_KEY_ID", "LTAI5t"),
        ("CHINA_ACCESS_KEY_SECRET", "s3cret"),
        ("CHINA_SIGN_NAME", "Passport"),
        ("CHINA_TEMPLATE_ID", "SMS_1"),
        ("VONAGE_API_KEY", "key1"),
    ];

    fn routes(variables: &[(&str, &str)]) -> Result<Vec<Route>, EnvError> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        from_env_at(variables.iter().map(owned), clock())
    }

    #[test]
    fn l4_each_account_is_read_from_variables_of_its_name() {
        let rest = [("VONAGE_API_SECRET", "s3cret"), ("VONAGE_FROM", "Passport"), ("PATH", "/bin")];
        let routes = routes(&[&BOTH[..], &rest].concat()).unwrap();
        let shown = format!("{routes:?}");
        assert_eq!(routes.len(), 2);
        assert!(shown.contains("\"china\"") && shown.contains("Prefix(+86)"), "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn l4_the_variables_of_the_service_are_read_too() {
        let routes = routes(&[
            ("PASSPORT__SMS__GATEWAYS", "vonage"),
            ("PASSPORT__SMS__VONAGE__API_KEY", "key1"),
            ("PASSPORT__SMS__VONAGE__API_SECRET", "s3cret"),
            ("PASSPORT__SMS__VONAGE__FROM", "Old"),
            ("VONAGE_FROM", "New"),
        ]);
        let shown = format!("{:?}", routes.unwrap());
        assert!(shown.contains("\"New\"") && !shown.contains("Old"), "{shown}");
    }

    #[test]
    fn l4_every_fault_is_named_by_its_variable_and_no_value_is() {
        let faults =
            |variables: &[(&str, &str)]| routes(variables).unwrap_err().faults().join("; ");
        assert_eq!(faults(&BOTH), "VONAGE_API_SECRET is not set; VONAGE_FROM is not set");
        assert!(faults(&[]).starts_with("SMS_GATEWAYS must be names of gateways"));
        assert!(
            faults(&[("SMS_GATEWAYS", "pigeon")]).starts_with("PIGEON_KIND must be one of aliyun")
        );
        for (name, value, says) in [
            ("CHINA_SIGN_NAME", "【s3cret】", "CHINA_SIGN_NAME must be 1 to 50"),
            ("CHINA_PREFIXES", "86", "CHINA_PREFIXES must be beginnings of numbers"),
            ("CHINA_TEMPLATE_PARAMETERS", "code,s3cret", "CHINA_TEMPLATE_PARAMETERS must be code"),
            ("CHINA_PLACEMENT", "s3cret", "CHINA_PLACEMENT must be query or form"),
            ("CHINA_ROOT_CA", "/nowhere", "CHINA_ROOT_CA must be a readable file"),
            ("SMS_ORIGIN", "https://s3cret", "SMS_ORIGIN must be a host name"),
        ] {
            let rest = [("VONAGE_API_SECRET", "x"), ("VONAGE_FROM", "Passport")];
            let given: Vec<_> =
                BOTH.into_iter().chain(rest).filter(|(it, _)| *it != name).collect();
            let said = faults(&[&given[..], &[(name, value)]].concat());
            assert!(said.contains(says) && !said.contains("s3cret"), "{said}");
        }
    }
}
