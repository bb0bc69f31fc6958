// The pages as a release has them, each in files of its own: `cargo xtask test` puts those files where the server reads
// them, then runs this.
import config from "./playwright.config.js";

export default { ...config, testDir: "split" };
