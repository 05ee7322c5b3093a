import { Checkbox, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemText } from "@/components/notifyProblem";
import { roleName, roleText } from "@/features/permissions/words";
import { useMay } from "@/session/useSession";
import { rolesQuery } from "../queries";
import { PORTAL_ROLE } from "../roles/names";

type Props = { value: string[]; onChange: (roles: string[]) => void; error?: string };

/** The roles a member of the staff shall hold. */
export function RolePicker({ value, onChange, error }: Props) {
  const { t } = useTranslation();
  const mayRead = useMay("auth.role.read");
  const { data: roles, error: problem } = useQuery({ ...rolesQuery, enabled: mayRead });
  if (!mayRead || problem) {
    return <Text role="alert">{mayRead ? problemText(problem) : t("admin.staff.rolesUnseen")}</Text>;
  }
  if (!roles) return <Skeleton height={220} animate={false} />;
  return (
    <Checkbox.Group label={t("admin.roles")} withAsterisk value={value} onChange={onChange} error={error}>
      <Stack gap="sm" my={4}>
        {roles
          .filter(({ name }) => name !== PORTAL_ROLE)
          .sort((one, other) => roleName(t, one.name).localeCompare(roleName(t, other.name)))
          .map((role) => (
            <Checkbox
              key={role.id}
              value={role.name}
              label={roleName(t, role.name)}
              description={roleText(t, role) || undefined}
            />
          ))}
      </Stack>
    </Checkbox.Group>
  );
}
