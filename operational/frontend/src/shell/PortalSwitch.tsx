import { Menu } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { authSetPortalCustomer } from "@/api";
import { notifyProblem } from "@/components/notifyProblem";
import { usePortalCustomers } from "@/session/portalCustomers";

/** For people of several customers: whom they act for now. */
export function PortalSwitch() {
  const { t } = useTranslation();
  const customers = usePortalCustomers();
  const change = useChange();
  if (customers.length < 2) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t("person.actFor")}</Menu.Label>
      {customers.map(({ id, name, is_current }) => (
        <Menu.RadioItem
          key={id}
          value={id}
          checked={is_current}
          checkIcon={<IconCheck size={16} aria-hidden />}
          closeMenuOnClick
          onChange={change.mutate}
        >
          {name}
        </Menu.RadioItem>
      ))}
    </>
  );
}

function useChange() {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (customer_id: string) => authSetPortalCustomer({ body: { customer_id }, throwOnError: true }),
    onSuccess: async () => {
      // nothing that was shown for one customer may be shown for another
      queries.clear();
      await router.navigate({ to: "/" });
      await router.invalidate();
    },
    onError: notifyProblem,
  });
}
