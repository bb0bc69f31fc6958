//! The life of seeds. In: happenings. Out: their frames.

use serde_json::json;

use super::{Teller, seed_state};
use crate::field::SLOTS;
use crate::frame::{Beside, maybe, number};
use crate::plot::{Happening, Plot};

impl Teller<'_> {
    /// Everything that happened to a plot's seeds since it was told last.
    pub fn happenings(&mut self, env: usize, plot: &mut Plot) {
        for (slot, happening) in std::mem::take(&mut plot.happenings) {
            self.happening(env, SLOTS[slot], plot, &happening);
        }
    }

    fn happening(&mut self, env: usize, slot: &str, plot: &Plot, happening: &Happening) {
        let beside = |seed_id, message| Beside {
            epoch: Some(plot.epochs),
            seed_id,
            slot_id: Some(slot),
            severity: "info",
            message,
        };
        match happening {
            Happening::Germinated(seed) => {
                let mut data = seed_state(seed, plot.epoch.host_gradient);
                data["params"] = json!(seed.net.parameters());
                data["blend_tempo_epochs"] = json!(crate::plot::blending());
                data["alpha_curve"] = json!("LINEAR");
                (data["env_id"], data["slot_id"], data["seed_id"]) =
                    (json!(env), json!(slot), json!(seed.id));
                let message = format!("{} in {slot} of environment {env}", seed.blueprint.name);
                self.tell(
                    "SEED_GERMINATED",
                    &beside(Some(seed.id.as_str()), message),
                    data,
                );
            }
            Happening::Moved(seed, to, from) => {
                let data = json!({"env_id": env, "slot_id": slot, "seed_id": seed.id, "from_stage": from.name(),
                    "to_stage": to, "alpha": seed.alpha, "accuracy_delta": maybe(seed.contribution),
                    "epochs_in_stage": seed.epochs_in_stage, "alpha_curve": "LINEAR"});
                let beside = beside(Some(seed.id.as_str()), String::new());
                self.tell("SEED_STAGE_CHANGED", &beside, data);
            }
            Happening::Gate {
                gate,
                target,
                passed,
                check,
                message,
            } => {
                let none: [&str; 0] = [];
                let (good, bad) = if *passed {
                    (&[*check][..], &none[..])
                } else {
                    (&none[..], &[*check][..])
                };
                let data = json!({"env_id": env, "slot_id": slot, "gate": gate, "passed": passed,
                    "target_stage": target.name(), "checks_passed": good, "checks_failed": bad, "message": message});
                self.tell("SEED_GATE_EVALUATED", &beside(None, message.clone()), data);
            }
            Happening::Fossilized(seed) => {
                let data = json!({"env_id": env, "slot_id": slot, "seed_id": seed.id,
                    "blueprint_id": seed.blueprint.name, "params_added": seed.net.parameters(), "alpha": seed.alpha,
                    "improvement": number(plot.epoch.accuracy - seed.accuracy_before),
                    "epochs_total": seed.epochs, "counterfactual": maybe(seed.contribution), "blending_delta": null});
                let brings = seed.contribution.unwrap_or(0.0);
                let message = format!("{} stays: {brings:+.1} points", seed.blueprint.name);
                self.tell(
                    "SEED_FOSSILIZED",
                    &beside(Some(seed.id.as_str()), message),
                    data,
                );
            }
            Happening::Pruned(seed, reason, by) => {
                let data = json!({"env_id": env, "slot_id": slot, "seed_id": seed.id, "reason": reason,
                    "blueprint_id": seed.blueprint.name, "auto_pruned": *by != "policy", "initiator": by,
                    "improvement": number(plot.epoch.accuracy - seed.accuracy_before),
                    "epochs_total": seed.epochs, "counterfactual": maybe(seed.contribution), "blending_delta": null});
                let message = format!("{} taken out: {reason}", seed.blueprint.name);
                self.tell(
                    "SEED_PRUNED",
                    &beside(Some(seed.id.as_str()), message),
                    data,
                );
            }
        }
    }
}
