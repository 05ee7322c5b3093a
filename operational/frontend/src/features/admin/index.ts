export { MailPage } from "./mail/MailPage";
export { RolesPage } from "./roles/RolesPage";
export { StaffPage } from "./staff/StaffPage";
