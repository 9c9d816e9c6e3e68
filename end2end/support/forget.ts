// Before all tests: what an earlier run searched is not of this one.
import { forget } from "./canary.ts";

export default forget;
