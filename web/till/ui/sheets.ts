/** What a cashier opens now and then, in one file of its own. */
export { JournalSheet } from "./journal/JournalSheet.tsx";
export { PairSheet } from "./settings/PairSheet.tsx";
export { Receive } from "./scan/Receive.tsx";
export { Settings } from "./settings/Settings.tsx";
export { TypeCode } from "./scan/TypeCode.tsx";
export { VoidSheet } from "./verdict/VoidSheet.tsx";
