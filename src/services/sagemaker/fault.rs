//! Refusals in AWS's words: the one place where a domain's refusal meets an ARN.
//!
//! Hosting operations declare no not-found and no conflict errors; AWS answers all of these with
//! `ValidationException`, and what tells them apart is the sentence.

use super::noun::Noun;
use crate::domain::refusal::{Refusal, quota};
use crate::domain::world::WorldId;
use crate::schema::Fault;

/// There is none of that name.
pub(super) fn missing(noun: Noun, world: &WorldId, name: &str) -> Fault {
    Fault::validation(format!("Could not find {} \"{}\".", noun.words(), noun.arn(world, name)))
}

/// There is one of that name already.
pub(super) fn taken(noun: Noun, world: &WorldId, name: &str) -> Fault {
    let (words, arn) = (noun.words(), noun.arn(world, name));
    Fault::validation(format!("Cannot create already existing {words} \"{arn}\"."))
}

/// The domain refuses a command to what stands under that name: an endpoint, or an inference component.
pub(super) fn refused(refusal: Refusal, world: &WorldId, key: &str) -> Fault {
    let (noun, name) = Noun::of_key(key);
    let (words, arn) = (noun.words(), noun.arn(world, name));
    Fault::validation(match refusal {
        Refusal::Quota { instance_type, limit, used, delta } => {
            return Fault::declared("ResourceLimitExceeded", quota(&instance_type, limit, used, delta));
        }
        Refusal::InProgress => format!("Cannot update in-progress {words} \"{arn}\"."),
        Refusal::Failed => {
            let deletion = noun.deletion();
            format!("Cannot update failed {words} \"{arn}\". {deletion} is the only operation allowed.")
        }
        Refusal::Invalid(sentence) => sentence,
    })
}

/// AWS has it and we do not, yet.
pub(super) fn not_built(feature: &str) -> Fault {
    Fault::unsupported(format!("sagebrush does not implement {feature}"))
}
