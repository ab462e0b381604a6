//! Groups and their members.

use serde_json::json;

use super::{
    PASSWORD, TestResult, World,
    answers::{access, claims, id, kind, refresh_token, refused, sorted},
};

#[tokio::test]
async fn groups_are_in_both_tokens() -> TestResult {
    let world = World::new().await?;
    world.add_user("anna").await?;
    let pool_id = world.pool.pool_id();
    let none = world.sign_in("anna", PASSWORD).await?;
    assert!(!claims(access(&none)).contains_key("cognito:groups"));

    world.client.create_group().user_pool_id(pool_id).group_name("elders").precedence(0).send().await?;
    for group in ["visitor", "elders", "admin", "admin"] {
        world.add_to_group("anna", group).await?;
    }
    let anna = world.sign_in("anna", PASSWORD).await?;
    for token in [access(&anna), id(&anna)] {
        assert_eq!(claims(token)["cognito:groups"], json!(["elders", "admin", "visitor"]));
    }
    let remove = world.client.admin_remove_user_from_group().user_pool_id(pool_id).username("anna");
    remove.clone().group_name("admin").send().await?;
    remove.clone().group_name("admin").send().await?;
    let refreshed = world.refresh(refresh_token(&anna)).await?;
    assert_eq!(claims(access(&refreshed))["cognito:groups"], json!(["elders", "visitor"]));

    assert_eq!(kind(world.add_to_group("anna", "nobodies").await), "ResourceNotFoundException");
    assert_eq!(kind(world.add_to_group("nobody", "admin").await), "UserNotFoundException");
    assert_eq!(kind(remove.group_name("nobodies").send().await.map_err(refused)), "ResourceNotFoundException");
    let again = world.client.create_group().user_pool_id(pool_id).group_name("admin").send().await.map_err(refused);
    assert_eq!(kind(again), "GroupExistsException");
    Ok(())
}

#[tokio::test]
async fn groups_and_members_are_listed_by_pages() -> TestResult {
    let world = World::new().await?;
    let pool_id = world.pool.pool_id();
    for name in ["anna", "ben", "cleo"] {
        world.add_user(name).await?;
        world.add_to_group(name, "visitor").await?;
    }
    world.add_to_group("anna", "admin").await?;

    let first = world.client.list_groups().user_pool_id(pool_id).limit(2).send().await?;
    let rest = world.client.list_groups().user_pool_id(pool_id).set_next_token(first.next_token.clone()).send().await?;
    let names = first.groups().iter().chain(rest.groups()).filter_map(|group| group.group_name());
    assert_eq!(names.collect::<Vec<_>>(), ["admin", "guest", "visitor"]);
    assert_eq!(rest.next_token(), None);

    let members = world.client.list_users_in_group().user_pool_id(pool_id).group_name("visitor");
    let pages = members.into_paginator().page_size(2).items().send().collect::<Result<Vec<_>, _>>().await?;
    let names = pages.into_iter().filter_map(|user| user.username).collect();
    assert_eq!(sorted(names), ["anna", "ben", "cleo"]);
    let none = world.client.list_users_in_group().user_pool_id(pool_id).group_name("nobodies").send().await;
    assert_eq!(kind(none.map_err(refused)), "ResourceNotFoundException");

    let groups = world.client.admin_list_groups_for_user().user_pool_id(pool_id).username("anna");
    let groups = groups.into_paginator().page_size(1).items().send().collect::<Result<Vec<_>, _>>().await?;
    assert_eq!(groups.iter().filter_map(|group| group.group_name()).collect::<Vec<_>>(), ["admin", "visitor"]);
    let none = world.client.admin_list_groups_for_user().user_pool_id(pool_id).username("nobody").send().await;
    assert_eq!(kind(none.map_err(refused)), "UserNotFoundException");
    Ok(())
}
