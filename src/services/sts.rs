//! AWS Security Token Service, as far as clients ask it who they are.
//!
//! Nobody logs in here: the account is the world's, and the caller is its root.

use serde::Serialize;

use super::{Context, answer, operations};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};

operations! {
    "GetCallerIdentity" => get_caller_identity,
}

/// `GetCallerIdentityResponse`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CallerIdentity<'a> {
    user_id: &'a str,
    account: &'a str,
    arn: String,
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
async fn get_caller_identity(_: &Context, world: &WorldId, _: Value) -> Result<Value, Fault> {
    let arn = format!("arn:{}:iam::{}:root", world.partition(), world.account);
    answer(&CallerIdentity { user_id: &world.account, account: &world.account, arn })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::domain::world::WorldId;
    use crate::services::tests::House;

    #[tokio::test]
    async fn the_caller_is_the_root_of_the_account_it_named() {
        let mut house = House::new().await;
        house.world = WorldId::new("111122223333", "cn-north-1");
        let caller = house.ask("GetCallerIdentity", json!({})).await.unwrap();
        let arn = "arn:aws-cn:iam::111122223333:root";
        assert_eq!(caller, json!({"UserId": "111122223333", "Account": "111122223333", "Arn": arn}));
        assert_eq!(house.rung(), 0, "asking makes nothing due");
    }
}
