import { append } from "./append.ts";
import decision from "./decision.css";

append(decision);
