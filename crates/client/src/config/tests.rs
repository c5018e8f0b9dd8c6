//! What wins over what, and what is refused.

use std::collections::HashMap;
use std::path::Path;

use super::*;

/// A home folder with shared files and an environment, which is all that loading may see.
struct House {
    home: tempfile::TempDir,
    variables: HashMap<String, String>,
}

impl House {
    fn new(config: &str, credentials: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("config"), config).unwrap();
        std::fs::write(folder.join("credentials"), credentials).unwrap();
        let house = Self { variables: HashMap::new(), home };
        let path = house.path().display().to_string();
        house.set("HOME", &path)
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    fn load_with(&self, explicit: Explicit<'_>) -> Result<Config, ConfigFault> {
        let lookup = |name: &str| self.variables.get(name).cloned();
        Config::load(explicit, &lookup).map_err(|e| {
            let ErrorKind::Config(fault) = e.kind() else {
                panic!("{e:?}");
            };
            fault.clone()
        })
    }

    fn load(&self) -> Result<Config, ConfigFault> {
        self.load_with(Explicit::default())
    }

    fn load_profile(&self, name: &str) -> Result<Config, ConfigFault> {
        self.load_with(Explicit { profile: Some(name), ..Explicit::default() })
    }
}

/// Access key id and session token, `-` for none.
fn key(config: &Config) -> String {
    match &config.credentials {
        Some(c) => format!("{} {}", c.access_key_id(), c.session_token().unwrap_or("-")),
        None => "-".into(),
    }
}

fn endpoint(config: &Config) -> &str {
    config.endpoint.as_ref().map_or("aws", Endpoint::authority)
}

#[test]
fn nothing_at_all_is_aws_in_us_east_1_without_credentials() {
    let lookup = |_: &str| None;
    let config = Config::load(Explicit::default(), &lookup).unwrap();
    assert_eq!(config.region, "us-east-1");
    assert_eq!((key(&config).as_str(), endpoint(&config)), ("-", "aws"));
    assert_eq!(config.addressing_style, AddressingStyle::Auto);
}

#[test]
fn region_comes_from_argument_then_environment_then_profile() {
    let house = House::new("[default]\nregion = in-file\n", "");
    assert_eq!(house.load().unwrap().region, "in-file");
    let house = house.set("AWS_DEFAULT_REGION", "in-default-variable");
    assert_eq!(house.load().unwrap().region, "in-default-variable");
    let house = house.set("AWS_REGION", "in-variable");
    assert_eq!(house.load().unwrap().region, "in-variable");
    let explicit = Explicit { region: Some("argument"), ..Explicit::default() };
    assert_eq!(house.load_with(explicit).unwrap().region, "argument");
    let house = house.set("AWS_REGION", "").set("AWS_DEFAULT_REGION", "");
    assert_eq!(house.load().unwrap().region, "in-file");
}

#[test]
fn profile_comes_from_argument_then_environment_then_default() {
    let house = House::new(
        "[default]\nregion = d\n[profile a]\nregion = a\n[profile b]\nregion = b\n\
         [profile c]\nregion = c\n[d]\nregion = not-a-profile\n",
        "",
    );
    assert_eq!(house.load().unwrap().region, "d");
    let house = house.set("AWS_DEFAULT_PROFILE", "a");
    assert_eq!(house.load().unwrap().region, "a");
    let house = house.set("AWS_PROFILE", "b");
    assert_eq!(house.load().unwrap().region, "b");
    assert_eq!(house.load_profile("c").unwrap().region, "c");
    let missing = house.load_profile("d").unwrap_err();
    assert_eq!(missing.to_string(), "there is no profile `d`");
    let house = house.set("AWS_PROFILE", "x").set("AWS_ACCESS_KEY_ID", "K");
    assert_eq!(house.load().unwrap_err(), ConfigFault::NoProfile("x".into()));
}

#[test]
fn profile_default_goes_before_default() {
    let house = House::new("[profile default]\nregion = a\n[default]\nregion = b\n", "");
    assert_eq!(house.load().unwrap().region, "a");
}

const KEYS: &str = "aws_access_key_id = ID\naws_secret_access_key = s\naws_session_token = t\n";

#[test]
fn credentials_come_from_environment_then_credentials_file_then_config_file() {
    let in_config = format!("[default]\n{}", KEYS.replace("ID", "CONFIG"));
    let house = House::new(&in_config, "");
    assert_eq!(key(&house.load().unwrap()), "CONFIG t");
    let in_credentials = "[default]\naws_access_key_id = FILE\naws_secret_access_key = s\n";
    let house = House::new(&in_config, in_credentials);
    assert_eq!(key(&house.load().unwrap()), "FILE -");
    let house = house.set("AWS_ACCESS_KEY_ID", "VARIABLE").set("AWS_SECRET_ACCESS_KEY", "s");
    assert_eq!(key(&house.load().unwrap()), "VARIABLE -");
    let house = house.set("AWS_SESSION_TOKEN", "t");
    assert_eq!(key(&house.load().unwrap()), "VARIABLE t");
}

#[test]
fn profile_named_as_argument_goes_before_credentials_in_the_environment() {
    let house = House::new("", &format!("[a]\n{KEYS}"))
        .set("AWS_ACCESS_KEY_ID", "VARIABLE")
        .set("AWS_SECRET_ACCESS_KEY", "s");
    assert_eq!(key(&house.load_profile("a").unwrap()), "ID t");
    let house = house.set("AWS_PROFILE", "a");
    assert_eq!(key(&house.load().unwrap()), "VARIABLE -");
}

#[test]
fn access_key_id_without_secret_is_refused() {
    let house = House::new("", "[default]\naws_access_key_id = ID\n");
    assert!(matches!(house.load(), Err(ConfigFault::NoSecret(_))));
    let house = House::new("", "").set("AWS_ACCESS_KEY_ID", "ID");
    assert!(matches!(house.load(), Err(ConfigFault::NoSecret(_))));
}

#[test]
fn end_of_the_session_is_taken_from_the_environment() {
    let house = House::new("", "")
        .set("AWS_ACCESS_KEY_ID", "ID")
        .set("AWS_SECRET_ACCESS_KEY", "s")
        .set("AWS_CREDENTIAL_EXPIRATION", "2026-11-24T03:00:00+00:00");
    assert_eq!(house.load().unwrap().credentials_expire, None);
    let house = house.set("AWS_SESSION_TOKEN", "t");
    let expected = Timestamp::parse("20261124T030000Z");
    assert_eq!(house.load().unwrap().credentials_expire, expected);
    let house = house.set("AWS_CREDENTIAL_EXPIRATION", "soon");
    assert!(matches!(house.load(), Err(ConfigFault::Expiration(_))));
}

#[test]
fn sources_that_are_not_supported_are_named_and_not_passed_by() {
    for (property, from) in [
        ("role_arn = arn:aws:iam::1:role/r\nsource_profile = b", CredentialsSource::Role),
        ("role_arn = r\nweb_identity_token_file = f", CredentialsSource::WebIdentity),
        ("sso_session = s", CredentialsSource::Sso),
        ("sso_start_url = https://x.example", CredentialsSource::Sso),
        ("login_session = s", CredentialsSource::Login),
        ("credential_process = /bin/p", CredentialsSource::Process),
    ] {
        let house = House::new(&format!("[profile a]\n{property}\n{KEYS}"), "");
        let profile = "a".to_owned();
        let expected = ConfigFault::Unsupported { profile, from };
        assert_eq!(house.load_profile("a").unwrap_err(), expected, "{property}");
    }
}

#[test]
fn unsupported_sources_stand_behind_what_goes_before_them() {
    let house = House::new("[default]\ncredential_process = p\n", &format!("[default]\n{KEYS}"));
    assert_eq!(key(&house.load().unwrap()), "ID t");
    let house = House::new("[default]\nrole_arn = r\n", "")
        .set("AWS_ACCESS_KEY_ID", "VARIABLE")
        .set("AWS_SECRET_ACCESS_KEY", "s");
    assert_eq!(key(&house.load().unwrap()), "VARIABLE -");
}

#[test]
fn containers_and_web_identity_in_the_environment_are_named() {
    for (variable, expected) in [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", CredentialsSource::Container),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", CredentialsSource::Container),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", CredentialsSource::WebIdentity),
    ] {
        let house = House::new("", "").set(variable, "/x");
        let refused = house.load().unwrap_err();
        let said = refused.to_string();
        assert!(
            matches!(refused, ConfigFault::Unsupported { from, .. } if from == expected),
            "{said}"
        );
    }
}

const ENDPOINTS: &str = "[default]\nservices = local\nendpoint_url = http://profile\n\
                         [services local]\ns3 =\n  endpoint_url = http://service\n";

#[test]
fn endpoint_comes_from_argument_then_environment_then_profile_the_exact_one_first() {
    let house = House::new("[default]\nendpoint_url = http://profile\n", "");
    assert_eq!(endpoint(&house.load().unwrap()), "profile");
    let house = House::new(ENDPOINTS, "");
    assert_eq!(endpoint(&house.load().unwrap()), "service");
    let house = house.set("AWS_ENDPOINT_URL", "http://all");
    assert_eq!(endpoint(&house.load().unwrap()), "all");
    let house = house.set("AWS_ENDPOINT_URL_S3", "http://s3");
    assert_eq!(endpoint(&house.load().unwrap()), "s3");
    let explicit = Explicit { endpoint_url: Some("http://argument"), ..Explicit::default() };
    assert_eq!(endpoint(&house.load_with(explicit).unwrap()), "argument");
}

#[test]
fn configured_endpoints_can_be_ignored_and_the_argument_cannot() {
    let house = House::new(ENDPOINTS, "")
        .set("AWS_ENDPOINT_URL", "http://all")
        .set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True");
    assert_eq!(endpoint(&house.load().unwrap()), "aws");
    let explicit = Explicit { endpoint_url: Some("http://argument"), ..Explicit::default() };
    assert_eq!(endpoint(&house.load_with(explicit).unwrap()), "argument");
    let ignoring = format!("{ENDPOINTS}[profile x]\nignore_configured_endpoint_urls = true\n");
    let house = House::new(&ignoring, "").set("AWS_ENDPOINT_URL", "http://all");
    assert_eq!(endpoint(&house.load_profile("x").unwrap()), "aws");
}

#[test]
fn services_section_that_is_not_there_is_refused() {
    let house = House::new("[default]\nservices = local\n", "");
    let expected = ConfigFault::NoServices("local".into());
    assert_eq!(house.load().unwrap_err(), expected);
}

#[test]
fn endpoint_that_is_no_url_is_refused() {
    let house = House::new("", "").set("AWS_ENDPOINT_URL", "localhost:9000");
    assert!(matches!(house.load(), Err(ConfigFault::Endpoint(_))));
}

#[test]
fn addressing_style_is_nested_in_the_profile() {
    for (word, expected) in [
        ("auto", AddressingStyle::Auto),
        ("path", AddressingStyle::Path),
        ("virtual", AddressingStyle::Virtual),
    ] {
        let house = House::new(&format!("[default]\ns3 =\n  addressing_style = {word}\n"), "");
        assert_eq!(house.load().unwrap().addressing_style, expected);
    }
    let house = House::new("[default]\ns3 =\n  addressing_style = odd\n", "");
    assert!(matches!(house.load(), Err(ConfigFault::AddressingStyle(_))));
}

#[test]
fn files_are_where_the_environment_says() {
    let house = House::new("", "");
    let path = house.path().join("elsewhere");
    std::fs::write(&path, "[default]\nregion = elsewhere\n").unwrap();
    let house = house.set("AWS_CONFIG_FILE", "~/elsewhere");
    assert_eq!(house.load().unwrap().region, "elsewhere");
    let keys = house.path().join("keys");
    std::fs::write(&keys, format!("[default]\n{KEYS}")).unwrap();
    let house = house.set("AWS_SHARED_CREDENTIALS_FILE", &keys.display().to_string());
    assert_eq!(key(&house.load().unwrap()), "ID t");
    let house = house.set("AWS_CONFIG_FILE", "/does/not/exist");
    assert_eq!(house.load().unwrap().region, "us-east-1");
}

#[test]
fn file_that_cannot_be_understood_is_named_with_its_line() {
    let house = House::new("[default]\nregion\n", "");
    let refused = house.load().unwrap_err().to_string();
    assert!(refused.starts_with("line 2 of `") && refused.contains("config`"), "{refused}");
    let house = House::new("", "").set("AWS_CONFIG_FILE", "~");
    let folder = house.path().display().to_string();
    let refused = house.set("AWS_CONFIG_FILE", &folder).load();
    assert!(matches!(refused, Err(ConfigFault::Unreadable(_))));
}

#[test]
fn configuration_cannot_be_printed_with_its_secrets() {
    let house = House::new("", "[default]\naws_access_key_id = ID\naws_secret_access_key = hush\n");
    let shown = format!("{:?}", house.load().unwrap());
    assert!(shown.contains("ID") && !shown.contains("hush"), "{shown}");
}
