import deAccount from "./de/account.json";
import deBase from "./de/base.json";
import deCrm from "./de/crm.json";
import deQueue from "./de/queue.json";
import deTicket from "./de/ticket.json";
import enAccount from "./en/account.json";
import enBase from "./en/base.json";
import enCrm from "./en/crm.json";
import enQueue from "./en/queue.json";
import enTicket from "./en/ticket.json";

export const de = { ...deBase, account: deAccount, crm: deCrm, queue: deQueue, ticket: deTicket };
export const en = { ...enBase, account: enAccount, crm: enCrm, queue: enQueue, ticket: enTicket };
