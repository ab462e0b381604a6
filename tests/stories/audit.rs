//! The audit log: each mutation leaves its line, which says who, what, on what, and nothing that anybody wrote.

use std::collections::BTreeSet;

use async_graphql_parser::types::TypeKind;
use local::BackupTo;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    schema,
    support::{
        Actor, Home,
        actor::{photo, upload_input},
        aws,
        home::{ADMIN_PASSWORD, FAMILY_PASSWORD},
    },
};

pub(super) const LOG: &str = "query($first: Int! = 100, $after: String) { auditLog(first: $first, after: $after) { \
    edges { node { id at actor { id } actorId actorRole action outcome subjectIds } } \
    pageInfo { hasNextPage endCursor } } }";

/// Every text and secret that the story sends or gets; none may be in a line.
const TEXTS: [&str; 10] = [
    "Summer by the lake",
    "Snow at last",
    "the best cake",
    "What a day",
    "birthday.jpg",
    "Annabel",
    "Annabelle",
    "anna@example.org",
    "first-own-password",
    "second-own-password",
];

/// The lines of the log, latest first.
pub(super) async fn lines(admin: &Actor) -> Vec<Value> {
    let data = admin.gets(LOG, json!({})).await;
    let edges = data["auditLog"]["edges"].as_array().expect("a list").iter();
    edges.map(|edge| edge["node"].clone()).collect()
}

/// Runs mutations, and looks at the line that each leaves.
struct Witness {
    admin: Actor,
    seen: BTreeSet<String>,
    /// Tokens and passwords that came in answers.
    secrets: Vec<String>,
}

impl Witness {
    /// Runs a mutation that must succeed, and gives its payload and the lines that it left.
    async fn watches(&mut self, who: &Actor, name: &str, selection: &str, input: Value) -> (Value, Vec<Value>) {
        let before = lines(&self.admin).await.len();
        let (first, rest) = name.split_at(1);
        let call = format!("{name}(input: $input) {{ {selection} userErrors {{ code }} }}");
        let payload = who.does(&call, &format!("{}{rest}Input", first.to_uppercase()), input).await;
        self.seen.insert(name.to_owned());
        let mut after = lines(&self.admin).await;
        after.truncate(after.len() - before);
        (payload, after)
    }

    /// Runs a mutation of somebody who is signed in: it leaves one line, about the ids at these places of the payload
    /// after those that it was called with.
    async fn sees(
        &mut self,
        who: &Actor,
        name: &str,
        selection: &str,
        input: Value,
        about: &[&Value],
        made: &[&str],
    ) -> Value {
        let me = who.id().await;
        let (payload, lines) = self.watches(who, name, selection, input).await;
        assert_eq!(lines.len(), 1, "{name} left {lines:#?}");
        let made = made.iter().map(|place| payload.pointer(place).expect("the payload has it"));
        let subjects: Vec<&Value> = about.iter().copied().chain(made).collect();
        let line = &lines[0];
        assert_eq!((&line["action"], &line["outcome"]), (&json!(name), &json!("DONE")));
        assert_eq!((&line["actor"]["id"], &line["actorId"]), (&json!(me), &json!(me)), "{name}");
        assert_eq!(line["subjectIds"], json!(subjects), "{name}");
        assert_eq!(line["actorRole"], if me == self.admin.id().await { "ADMIN" } else { "VISITOR" }, "{name}");
        payload
    }

    /// Opens a session: its line is about the person, and says nobody did it.
    async fn sees_session(&mut self, name: &str, input: Value, anonymous: &Actor) -> Actor {
        let selection = "session { accessToken idToken refreshToken } challenge";
        let (payload, lines) = self.watches(anonymous, name, selection, input).await;
        let mut person = anonymous.clone();
        person.session = Some(payload["session"].clone());
        for token in ["accessToken", "idToken", "refreshToken"] {
            self.secrets.push(payload["session"][token].as_str().expect("a token").to_owned());
        }
        assert_eq!(lines.len(), 1, "{name} left {lines:#?}");
        assert_eq!((&lines[0]["action"], &lines[0]["outcome"]), (&json!(name), &json!("DONE")));
        assert_eq!(lines[0]["subjectIds"], json!([person.id().await]));
        for nobody in ["actor", "actorId", "actorRole"] {
            assert_eq!(lines[0][nobody], Value::Null, "{name}: {nobody}");
        }
        person
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutation_leaves_its_line_and_no_line_holds_a_text_or_a_secret() {
    let disk = tempfile::tempdir().expect("a folder");
    let backup = BackupTo { folder: Some(disk.path().to_owned()), ..BackupTo::default() };
    let home = Home::open_with(|options| options.backup = backup).await;
    let admin = home.admin().await;
    let mut witness = Witness { admin: admin.clone(), seen: BTreeSet::new(), secrets: Vec::new() };
    let anna = comes_in(&home, &mut witness).await;
    let gallery = makes_a_gallery(&mut witness, &anna).await;
    let media = uploads(&mut witness, &anna, &gallery).await;
    talks(&mut witness, &anna, &media).await;
    tidies_up(&mut witness, &anna, &gallery, &media).await;
    goes_out(&home, &mut witness, &anna).await;

    let types = schema::types();
    let TypeKind::Object(mutations) = &types["Mutation"].kind else { panic!("Mutation is an object") };
    let names = mutations.fields.iter().map(|field| field.node.name.node.to_string());
    // Services tell what happened, and change nothing.
    let all: BTreeSet<String> = names.filter(|name| !schema::is_for_services(&format!("Mutation.{name}"))).collect();
    let unseen: Vec<_> = all.difference(&witness.seen).collect();
    assert!(unseen.is_empty(), "say in this story which line these leave: {unseen:?}");

    let table = written(&home).await;
    assert!(table.len() > 20, "the lines are there: {}", table.len());
    let passwords = [ADMIN_PASSWORD, FAMILY_PASSWORD];
    let hidden = TEXTS.into_iter().chain(passwords).chain(witness.secrets.iter().map(String::as_str));
    for hidden in hidden {
        assert!(!table.iter().any(|item| item.contains(hidden)), "a line holds {hidden}");
    }
}

/// A relative is invited and signs in.
async fn comes_in(home: &Home, witness: &mut Witness) -> Actor {
    let (admin, anonymous) = (witness.admin.clone(), home.anonymous());
    let input = json!({ "email": "anna@example.org", "displayName": "Annabel", "role": "VISITOR" });
    let payload = witness.sees(&admin, "inviteUser", "user { id } temporaryPassword", input, &[], &["/user/id"]).await;
    let first = payload["temporaryPassword"].as_str().expect("a password").to_owned();
    witness.secrets.push(first.clone());

    let input = json!({ "email": "anna@example.org", "password": first });
    let (payload, lines) = witness.watches(&anonymous, "signIn", "challenge", input).await;
    assert_eq!(lines, Vec::<Value>::new(), "no session was opened yet");
    let input = json!({ "challenge": payload["challenge"], "newPassword": "first-own-password" });
    witness.secrets.push(payload["challenge"].as_str().expect("a challenge").to_owned());
    witness.sees_session("completeSignIn", input, &anonymous).await;
    let input = json!({ "email": "anna@example.org", "password": "first-own-password" });
    let anna = witness.sees_session("signIn", input, &anonymous).await;

    let input = json!({ "refreshToken": anna.refresh_token() });
    let (_, lines) = witness.watches(&anonymous, "refreshSession", "", input).await;
    assert_eq!(lines, Vec::<Value>::new(), "an hourly event of no interest");
    anna
}

async fn makes_a_gallery(witness: &mut Witness, anna: &Actor) -> Value {
    let admin = witness.admin.clone();
    let input = json!({ "title": "Summer by the lake" });
    let payload = witness.sees(&admin, "createGallery", "gallery { id }", input, &[], &["/gallery/id"]).await;
    let gallery = payload["gallery"]["id"].clone();
    let input = json!({ "id": gallery, "description": "Snow at last" });
    witness.sees(&admin, "updateGallery", "", input, &[&gallery], &[]).await;
    let anna = json!(anna.id().await);
    let input = json!({ "galleryId": gallery, "userId": anna, "level": "CONTRIBUTE" });
    witness.sees(&admin, "setGalleryAccess", "", input, &[&gallery, &anna], &[]).await;
    gallery
}

async fn uploads(witness: &mut Witness, anna: &Actor, gallery: &Value) -> Value {
    let ticket = "ticket { mediaId parts { url headers { name value } offset length } }";
    let to = gallery.as_str().expect("an id");
    let given_up = upload_input(to, "birthday.jpg", "image/jpeg", &photo("2024:05:01 10:00:00"));
    let payload = witness.sees(anna, "requestUpload", ticket, given_up, &[gallery], &["/ticket/mediaId"]).await;
    let id = &payload["ticket"]["mediaId"];
    witness.sees(anna, "cancelUpload", "", json!({ "mediaId": id }), &[id], &[]).await;

    let bytes = photo("2024:07:03 15:04:05");
    let input = upload_input(to, "birthday.jpg", "image/jpeg", &bytes);
    let payload = witness.sees(anna, "requestUpload", ticket, input, &[gallery], &["/ticket/mediaId"]).await;
    assert_eq!(anna.sends_part(&payload["ticket"]["parts"][0], &bytes).await, StatusCode::OK);
    let id = payload["ticket"]["mediaId"].clone();
    witness.sees(anna, "finishUpload", "", json!({ "mediaId": id, "caption": "the best cake" }), &[&id], &[]).await;
    anna.sees_processed(id.as_str().expect("an id")).await;
    witness.sees(anna, "updateMedia", "", json!({ "id": id, "caption": "the best cake" }), &[&id], &[]).await;
    id
}

async fn talks(witness: &mut Witness, anna: &Actor, media: &Value) {
    let input = json!({ "mediaId": media, "text": "What a day" });
    let payload = witness.sees(anna, "addComment", "comment { id }", input, &[media], &["/comment/id"]).await;
    let id = &payload["comment"]["id"];
    witness.sees(anna, "editComment", "", json!({ "id": id, "text": "What a day" }), &[id], &[]).await;
    witness.sees(anna, "deleteComment", "", json!({ "id": id }), &[id], &[]).await;
    witness.sees(anna, "likeMedia", "", json!({ "mediaId": media }), &[media], &[]).await;
    witness.sees(anna, "unlikeMedia", "", json!({ "mediaId": media }), &[media], &[]).await;
    witness.sees(anna, "prepareUpright", "", json!({ "mediaId": media }), &[media], &[]).await;
}

async fn tidies_up(witness: &mut Witness, anna: &Actor, gallery: &Value, media: &Value) {
    let admin = witness.admin.clone();
    let link = json!({ "galleryId": gallery, "label": "Neighbours" });
    let made = witness.sees(&admin, "createShareLink", "shareLink { id url }", link, &[], &["/shareLink/id"]).await;
    let (id, url) = (&made["shareLink"]["id"], made["shareLink"]["url"].as_str().expect("a url"));
    let token = url.split_once('#').expect("the token is behind the hash").1.to_owned();
    let opened = json!({ "token": token });
    witness.secrets.push(token);
    let nobody = anna.without_session();
    let (_, lines) = witness.watches(&nobody, "openShareLink", "galleryId", opened).await;
    assert_eq!((&lines[0]["action"], &lines[0]["subjectIds"]), (&json!("openShareLink"), &json!([id])));
    witness.sees(&admin, "revokeShareLink", "", json!({ "id": id }), &[id], &[]).await;
    let order = json!({ "galleryId": gallery, "mediaIds": [media] });
    witness.sees(&admin, "reorderMedia", "", order, &[media, gallery], &[]).await;
    let order = json!({ "galleryIds": [gallery] });
    witness.sees(&admin, "reorderGalleries", "", order, &[gallery], &[]).await;
    let ids = json!({ "ids": [media] });
    witness.sees(anna, "deleteMedia", "", ids.clone(), &[media], &[]).await;
    witness.sees(&admin, "restoreMedia", "", ids, &[media], &[]).await;
    witness.sees(&admin, "deleteGallery", "", json!({ "id": gallery, "withMedia": true }), &[gallery], &[]).await;
}

async fn goes_out(home: &Home, witness: &mut Witness, anna: &Actor) {
    let admin = witness.admin.clone();
    let me = json!(anna.id().await);
    witness.sees(anna, "updateProfile", "", json!({ "displayName": "Annabelle" }), &[&me], &[]).await;
    let input = json!({ "currentPassword": "first-own-password", "newPassword": "second-own-password" });
    let now = json!({ "upTo": home.now().to_string() });
    witness.sees(anna, "markActivityRead", "", now, &[&me], &[]).await;
    witness.sees(anna, "changePassword", "", input, &[&me], &[]).await;
    let input = json!({ "refreshToken": anna.refresh_token() });
    witness.sees(anna, "signOut", "", input, &[&me], &[]).await;
    let (payload, input) = ("user { id } temporaryPassword", json!({ "userId": me }));
    let reset = witness.sees(&admin, "resetUserPassword", payload, input, &[&me], &[]).await;
    witness.secrets.push(reset["temporaryPassword"].as_str().expect("a password").to_owned());
    witness.sees(&admin, "startBackup", "", json!({}), &[], &[]).await;
    let family = json!(home.visitor().await.id().await);
    witness.sees(&admin, "setUserRole", "", json!({ "userId": family, "role": "ADMIN" }), &[&family], &[]).await;
    witness.sees(&admin, "setUserDisabled", "", json!({ "userId": family, "disabled": true }), &[&family], &[]).await;
}

/// All items of the log as they are in the table.
async fn written(home: &Home) -> Vec<String> {
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let scan = aws::dynamodb(home).scan().table_name(&home.system.store.settings().table);
        let page = scan.set_exclusive_start_key(start).send().await.expect("the table answers");
        let of_the_log = page.items.unwrap_or_default().into_iter().map(|item| format!("{item:?}"));
        items.extend(of_the_log.filter(|item| item.contains("AUDIT#")));
        start = page.last_evaluated_key;
        if start.is_none() {
            return items;
        }
    }
}
