//! `/version`, `/user` and `/personal_access_tokens/self`: who the token is, and who answers.

use crate::sandbox::auth::{self, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal, hex};
use crate::sandbox::store::users::User;
use rusqlite::Transaction;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The release of GitLab whose behaviour this is.
const VERSION: &str = "18.10.0";

/// `GET /version`
pub(super) fn version(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    auth::required_user(tx, call)?;
    Ok(Answer::ok(json!({ "version": VERSION, "revision": "sandbox", "enterprise": true })))
}

/// `GET /user`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (user, _) = auth::signed_in(tx, call, JobTokens::Ignored)?.ok_or_else(Refusal::unauthorized)?;
    let mut view = view(call, &user);
    view["email"] = json!(email(&user));
    view["bot"] = json!(false);
    Ok(Answer::ok(view))
}

/// `GET /personal_access_tokens/self`
pub(super) fn token(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let (user, token) = auth::signed_in(tx, call, JobTokens::Ignored)?.ok_or_else(Refusal::unauthorized)?;
    Ok(Answer::ok(json!({
        "id": token.id,
        "name": format!("{}'s token", user.username),
        "revoked": false,
        "created_at": token.created_at,
        "description": null,
        "scopes": token.scopes,
        "user_id": user.id,
        "last_used_at": null,
        "active": true,
        "expires_at": token.expires_at,
    })))
}

/// A user as they stand beside what they wrote.
pub(super) fn view(call: &Call, user: &User) -> Value {
    let hash = hex(&Sha256::digest(email(user).as_bytes()));
    json!({
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "state": "active",
        "avatar_url": format!("https://www.gravatar.com/avatar/{hash}?s=80&d=identicon"),
        "web_url": format!("{}/{}", call.base, user.username),
    })
}

fn email(user: &User) -> String {
    format!("{}@example.com", user.username)
}
