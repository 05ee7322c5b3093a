export { ContactsPage } from "./ContactsPage";
export { CustomersPage } from "./CustomersPage";
