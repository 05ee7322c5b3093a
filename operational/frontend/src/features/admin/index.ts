export { MailPage } from "./mail/MailPage";
export { RolesPage } from "./roles/RolesPage";
export { ServiceAccountsPage } from "./service/ServiceAccountsPage";
export { StaffPage } from "./staff/StaffPage";
