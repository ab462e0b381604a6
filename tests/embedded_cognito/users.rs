//! Users are created, found and deleted.

use std::collections::HashSet;

use aws_sdk_cognitoidentityprovider::{
    primitives::DateTime,
    types::{AttributeType, MessageActionType, UserStatusType},
};

use super::{
    PASSWORD, START, TestResult, World,
    answers::{INCORRECT, access, attribute, kind, refresh_token, refused, sorted, words},
};

#[tokio::test]
async fn users_are_created_once_and_deleted_whole() -> TestResult {
    let world = World::new().await?;
    let anna = world.create_user("anna", &[("name", "Anna"), ("nickname", "An")]).await?;
    let sub = attribute(anna.attributes(), "sub").expect("every user has a sub").to_owned();
    assert!(anna.enabled());
    assert_eq!(anna.user_status().map(UserStatusType::as_str), Some("FORCE_CHANGE_PASSWORD"));
    assert_eq!(anna.user_create_date().map(DateTime::secs), Some(START));

    for taken in ["anna", "ANNA", sub.as_str()] {
        assert_eq!(kind(world.create_user(taken, &[]).await), "UsernameExistsException", "{taken}");
    }
    for username in ["anna@family.example", "an na", "", &"x".repeat(129)] {
        assert_eq!(kind(world.create_user(username, &[]).await), "InvalidParameterException", "{username:?}");
    }
    for bad in [("sub", "x"), ("custom:x", "x"), ("email", "no address"), ("email_verified", "yes")] {
        assert_eq!(kind(world.create_user("ben", &[bad]).await), "InvalidParameterException", "{bad:?}");
    }

    world.pass_seconds(60);
    world.update_user(&sub, &[("nickname", ""), ("name", "Anna A.")]).await?;
    world.set_password("anna", PASSWORD, true).await?;
    let get = || world.client.admin_get_user().user_pool_id(world.pool.pool_id()).username("Anna").send();
    let found = get().await?;
    assert_eq!(found.username(), "anna");
    assert_eq!(attribute(found.user_attributes(), "name"), Some("Anna A."));
    assert_eq!(attribute(found.user_attributes(), "nickname"), None);
    assert_eq!(found.user_status().map(UserStatusType::as_str), Some("CONFIRMED"));
    assert_eq!(found.user_last_modified_date().map(DateTime::secs), Some(START + 60));

    let token = world.sign_in("anna", PASSWORD).await?;
    world.client.admin_delete_user().user_pool_id(world.pool.pool_id()).username("anna").send().await?;
    assert_eq!(kind(get().await.map_err(refused)), "UserNotFoundException");
    assert_eq!(kind(world.whoami(access(&token)).await), "UserNotFoundException");
    assert_eq!(kind(world.refresh(refresh_token(&token)).await), "NotAuthorizedException");
    assert_eq!(words(world.sign_in("anna", PASSWORD).await), INCORRECT);
    let again = world.create_user("anna", &[]).await?;
    assert_ne!(attribute(again.attributes(), "sub"), Some(sub.as_str()));
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_to_users() -> TestResult {
    let world = World::new().await?;
    let create = || world.client.admin_create_user().user_pool_id(world.pool.pool_id()).username("anna");
    let resend = create().message_action(MessageActionType::Resend).send().await.map_err(refused);
    assert_eq!(kind(resend), "InvalidParameterException");
    create().message_action(MessageActionType::Suppress).send().await?;
    assert_eq!(
        words(world.sign_in("anna", "").await),
        "InvalidParameterException: Missing required parameter PASSWORD"
    );
    world.set_password("anna", PASSWORD, true).await?;
    assert!(world.sign_in("anna", PASSWORD).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn users_are_listed_by_pages() -> TestResult {
    let world = World::new().await?;
    let expected: HashSet<String> = (0..7).map(|n| format!("user{n}")).collect();
    for name in &expected {
        world.create_user(name, &[]).await?;
    }
    let list = || world.client.list_users().user_pool_id(world.pool.pool_id());

    let (mut seen, mut sizes, mut token) = (HashSet::new(), Vec::new(), None);
    loop {
        let page = list().limit(3).set_pagination_token(token).send().await?;
        sizes.push(page.users().len());
        seen.extend(page.users().iter().filter_map(|user| user.username.clone()));
        token = page.pagination_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((seen, sizes), (expected, vec![3, 3, 1]));
    assert_eq!(list().limit(7).send().await?.pagination_token(), None);
    assert_eq!(kind(list().limit(61).send().await.map_err(refused)), "InvalidParameterException");
    let token = list().pagination_token("not one").send().await.map_err(refused);
    assert_eq!(words(token), "InvalidParameterException: Invalid pagination token.");
    Ok(())
}

#[tokio::test]
async fn users_are_found_by_filters() -> TestResult {
    let world = World::new().await?;
    world.create_user("anna", &[("email", "Anna@family.example"), ("name", "Anna \"A\" Ahorn")]).await?;
    world.create_user("Anton", &[("email", "anton@family.example")]).await?;
    let ben = world.create_user("ben", &[]).await?;
    let sub = attribute(ben.attributes(), "sub").expect("every user has a sub");
    world.set_password("ben", PASSWORD, true).await?;
    world.client.admin_disable_user().user_pool_id(world.pool.pool_id()).username("anna").send().await?;

    let by_sub = format!("sub = \"{sub}\"");
    let checks: [(&str, &[&str]); 9] = [
        (r#"username = "ANNA""#, &["anna"]),
        (r#"username ^= "an""#, &["Anton", "anna"]),
        (r#"email = "anna@FAMILY.example""#, &["anna"]),
        (r#"email ^= "ant""#, &["Anton"]),
        (r#"name ^= "Anna \"A\"""#, &["anna"]),
        (r#"status = "Disabled""#, &["anna"]),
        (r#"cognito:user_status = "CONFIRMED""#, &["ben"]),
        (&by_sub, &["ben"]),
        (r#"email = "nobody@family.example""#, &[]),
    ];
    for (filter, expected) in checks {
        assert_eq!(sorted(world.list_users(filter).await?), expected, "{filter}");
    }
    for filter in ["email", "email = anna", r#"password_hash ^= "$""#, r#"name = "a" or name = "b""#] {
        assert_eq!(kind(world.list_users(filter).await), "InvalidParameterException", "{filter}");
    }
    let request = world.client.list_users().user_pool_id(world.pool.pool_id()).attributes_to_get("email");
    let anna = request.filter(r#"username = "anna""#).send().await?;
    let shown: Vec<&str> = anna.users()[0].attributes().iter().map(AttributeType::name).collect();
    assert_eq!(shown, ["email"]);
    Ok(())
}
