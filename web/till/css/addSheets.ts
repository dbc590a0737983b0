import { append } from "./append.ts";
import sheets from "./after.css";

append(sheets);
