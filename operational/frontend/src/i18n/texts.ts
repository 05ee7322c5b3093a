import deAccount from "./de/account.json";
import deAdmin from "./de/admin.json";
import deBackground from "./de/background.json";
import deBase from "./de/base.json";
import deCrm from "./de/crm.json";
import dePermission from "./de/permission.json";
import dePersonData from "./de/personData.json";
import dePortal from "./de/portal.json";
import deProvider from "./de/provider.json";
import deQueue from "./de/queue.json";
import deSso from "./de/sso.json";
import deTicket from "./de/ticket.json";
import enAccount from "./en/account.json";
import enAdmin from "./en/admin.json";
import enBackground from "./en/background.json";
import enBase from "./en/base.json";
import enCrm from "./en/crm.json";
import enPermission from "./en/permission.json";
import enPersonData from "./en/personData.json";
import enPortal from "./en/portal.json";
import enProvider from "./en/provider.json";
import enQueue from "./en/queue.json";
import enSso from "./en/sso.json";
import enTicket from "./en/ticket.json";

export const de = {
  ...deBase,
  account: deAccount,
  admin: deAdmin,
  background: deBackground,
  crm: deCrm,
  permission: dePermission,
  portal: dePortal,
  provider: deProvider,
  personData: dePersonData,
  queue: deQueue,
  sso: deSso,
  ticket: deTicket,
};
export const en = {
  ...enBase,
  account: enAccount,
  admin: enAdmin,
  background: enBackground,
  crm: enCrm,
  permission: enPermission,
  portal: enPortal,
  provider: enProvider,
  personData: enPersonData,
  queue: enQueue,
  sso: enSso,
  ticket: enTicket,
};
