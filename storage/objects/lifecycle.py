"""How long a bucket keeps what: rules of ours, beside whatever rules it already has."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from storage.objects.connection import Connection

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import LifecycleRuleOutputTypeDef, LifecycleRuleTypeDef

OURS = "showrunner-"
LOG_DAYS = 90
BACKUP_DAYS = 35
UNFINISHED_DAYS = 1


def rules() -> list[LifecycleRuleTypeDef]:
    return [
        {
            "ID": f"{OURS}unfinished-uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UNFINISHED_DAYS},
        },
        _kept("logs/", LOG_DAYS),
        _kept("backups/", BACKUP_DAYS),
    ]


def _kept(prefix: str, days: int) -> LifecycleRuleTypeDef:
    return {
        "ID": f"{OURS}{prefix.rstrip('/')}",
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "Expiration": {"Days": days},
    }


class Lifecycle:
    def __init__(self, connection: Connection, bucket: str) -> None:
        self._connection = connection
        self._bucket = bucket

    async def apply(self) -> None:
        others = [rule for rule in await self.found() if not rule.get("ID", "").startswith(OURS)]
        wanted = [*cast("list[LifecycleRuleTypeDef]", others), *rules()]
        await self._connection.ask(
            lambda client: client.put_bucket_lifecycle_configuration(
                Bucket=self._bucket, LifecycleConfiguration={"Rules": wanted}
            )
        )

    async def in_force(self) -> bool:
        ours = {rule.get("ID") for rule in await self.found() if rule.get("Status") == "Enabled"}
        return {rule["ID"] for rule in rules() if "ID" in rule} <= ours

    async def found(self) -> list[LifecycleRuleOutputTypeDef]:
        from botocore.exceptions import ClientError

        def ask() -> list[LifecycleRuleOutputTypeDef]:
            client = self._connection.client()
            try:
                return client.get_bucket_lifecycle_configuration(Bucket=self._bucket)["Rules"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchLifecycleConfiguration":
                    return []
                raise

        return await self._connection.call(ask)
