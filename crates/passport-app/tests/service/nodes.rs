//! Two nodes on one Redis and one PostgreSQL.

use futures::future::join_all;

use crate::support::{PASSWORD, Person, Service, phone, postgres, redis};

const SECRET: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef";

/// Two nodes that start at the same moment on an empty database.
async fn two_nodes(more: &[(&str, &str)]) -> [Service; 2] {
    let (redis, postgres) = (redis(), postgres().await);
    let servers = [("store.url", &*redis), ("database.url", &*postgres), ("secret", SECRET)];
    let settings: Vec<_> = servers.iter().chain(more).copied().collect();
    tokio::join!(Service::start(&settings), Service::start(&settings)).into()
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn an_account_and_its_session_are_the_same_on_both() {
    for store in ["database", "store"] {
        let [one, other] = two_nodes(&[("session.store", store)]).await;
        let (person, phone) = (Person::new(&one), phone());
        person.sign_up(&phone, PASSWORD).await;
        person.go_to(&other);
        person.sign_in(&phone, PASSWORD).await;
        let token = person.cookie("passport_session").unwrap();
        person.go_to(&one);
        let me = person.who_am_i().await.unwrap();
        person.go_to(&other);
        assert_eq!(person.who_am_i().await.unwrap()["user"], me["user"]);
        person.go_to(&one);
        person.sign_out().await;

        person.go_to(&other);
        person.set_cookie("passport_session", &token);
        assert!(person.who_am_i().await.is_none());
    }
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn pictures_codes_and_limits_are_shared() {
    let [one, other] = two_nodes(&[("limits.sms_per_ip_hour", "1")]).await;
    let (person, phone) = (Person::new(&one), phone());
    let challenge = person.challenge().await;
    person.go_to(&other);
    person.ask_code(&phone, "abcd2", &challenge).await.says("0", "发送成功");
    let code = person.codes_of(&phone).await.remove(0);
    person.go_to(&one);
    person.ask_code(&phone, "abcd2", &challenge).await.says_too_many();
    let stranger = Person::new(&one);
    let again = stranger.ask_code(&crate::support::phone(), "abcd2", &challenge).await;
    again.says("4002", "图片验证码过期");
    person.register(&phone, &code, PASSWORD).await.says("0", "用户注册成功");
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn one_captcha_and_one_code_have_one_winner_over_both() {
    // A rival that comes after the account exists may be a repetition, so its password is compared, within
    // the limit of sign-ins of its address.
    let [one, other] = two_nodes(&[("limits.login_failures_per_ip_minute", "1000")]).await;
    for _ in 0..5 {
        let (here, there) = (Person::new(&one), Person::new(&other));
        let challenge = here.challenge().await;
        let people = [&here, &there].repeat(10);
        let sends = people
            .iter()
            .map(|person| async { person.ask_code(&phone(), "abcd2", &challenge).await.errno() });
        let errnos = join_all(sends).await;
        assert_eq!(errnos.iter().filter(|errno| *errno == "0").count(), 1, "{errnos:?}");

        let phone = phone();
        let code = Person::new(&one).request_code(&phone).await;
        // With a password each, because equal requests are repetitions of one sign-up.
        let passwords = (0..8).map(|n| format!("{PASSWORD} {n}"));
        let people = [&here, &there].repeat(4).into_iter().zip(passwords);
        let registers = people.map(async |(person, password)| {
            person.register(&phone, &code, &password).await.errno()
        });
        let errnos = join_all(registers).await;
        assert_eq!(errnos.iter().filter(|errno| *errno == "0").count(), 1, "{errnos:?}");
        assert!(errnos.iter().all(|errno| errno == "0" || errno == "4002"), "{errnos:?}");
    }
}

#[tokio::test]
#[ignore = "needs Redis and PostgreSQL"]
async fn no_account_is_lost_when_a_node_is_killed() {
    let settings = [("password.cost", "8"), ("password.queue", "1000")];
    let [one, mut other] = two_nodes(&settings).await;
    let newcomers = join_all((0..40).map(|number| {
        let (one, other) = (&one, &other);
        async move {
            let (person, phone) = (Person::new(one), phone());
            let code = person.request_code(&phone).await;
            person.go_to(if number % 2 == 0 { one } else { other });
            (person, phone, code)
        }
    }))
    .await;

    // The node has ended when the first account is answered by the other one.
    let (first, killed) = tokio::sync::oneshot::channel();
    let first = std::sync::Mutex::new(Some(first));
    let signing_up =
        join_all(newcomers.iter().enumerate().map(|(number, (person, phone, code))| {
            let first = &first;
            async move {
                let body =
                    serde_json::json!({ "mobile": phone, "sms_code": code, "password": PASSWORD });
                let request =
                    person.request(reqwest::Method::POST, "/passport/register").json(&body);
                let answered =
                    person.try_send(request).await.is_ok_and(|reply| reply.errno() == "0");
                if let Some(first) = first.lock().unwrap().take_if(|_| answered && number % 2 == 1)
                {
                    let _ = first.send(());
                }
                answered
            }
        }));
    let killing = async {
        killed.await.unwrap();
        other.kill();
    };
    let (answered, ()) = tokio::join!(signing_up, killing);

    for ((person, phone, code), answered) in newcomers.iter().zip(answered) {
        person.go_to(&one);
        if answered {
            person.sign_in(phone, PASSWORD).await;
        } else {
            // The code was spent, or is still valid; there is no third case.
            let errno = person.register(phone, code, PASSWORD).await.errno();
            assert!(["0", "4002", "4003"].contains(&&*errno), "{errno}");
        }
    }
}
