export { EventsPage } from "./background/EventsPage";
export { JobsPage } from "./background/JobsPage";
export { MailPage } from "./mail/MailPage";
export { PortalUsersPage } from "./portal/PortalUsersPage";
export { RolesPage } from "./roles/RolesPage";
export { ServiceAccountsPage } from "./service/ServiceAccountsPage";
export { ProvidersPage } from "./sso/ProvidersPage";
export { StaffPage } from "./staff/StaffPage";
