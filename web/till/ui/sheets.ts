/** What a cashier opens now and then, in one file of its own. */
export { JournalSheet } from "./JournalSheet.tsx";
export { PairSheet } from "./PairSheet.tsx";
export { Receive } from "./Receive.tsx";
export { Settings } from "./Settings.tsx";
export { TypeCode } from "./TypeCode.tsx";
export { VoidSheet } from "./VoidSheet.tsx";
