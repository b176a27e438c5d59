"""`AliasProtection`: the part of `Api` that protects aliases."""

from hozon.model.names import check_alias
from hozon.model.paths import ProjectPath
from hozon.model.protection import ProtectedAlias, check_protectable
from hozon.sdk.session import Session
from hozon.services.protection import list_protected, protect_alias, unprotect_alias


class AliasProtection:
    """Protects the aliases of a project."""

    _session: Session
    _default: ProjectPath

    def protect_alias(self, alias: str, project: str = "") -> None:
        """Hold an alias where it is, in all collections of a project, portfolios included.

        A version that has it cannot be deleted, nor can the alias be moved to another version or
        taken away, until the protection is lifted. A version may still be given the alias where
        none has it yet. Protecting it again changes nothing.

        Args:
            alias: The alias, which no version need have yet. `latest` moves by itself and cannot
                be protected.
            project: `[entity/]project`; empty for the default project.

        Raises:
            InvalidAliasError: It breaks the rules for aliases, or is `latest`.
            InvalidPathError: The path is malformed.

        Examples:
            Nobody replaces the model in production by accident.

            ```python
            import hozon

            api = hozon.Api()
            api.protect_alias("production")
            model = api.artifact("classifier:v0")
            model.aliases = ["baseline", "production"]
            try:
                model.save()
            except hozon.errors.ProtectedAliasError as error:
                print(error.message)
                #> ada/digits/classifier:v1 has the protected alias 'production'
            print(api.artifact("classifier:production").name)
            #> classifier:v1
            ```
        """
        at = ProjectPath.parse(project, default=self._default)
        protect_alias(self._session.context, at, check_protectable(alias))

    def unprotect_alias(self, alias: str, project: str = "") -> None:
        """Let a protected alias move and go again.

        Args:
            alias: The alias.
            project: `[entity/]project`; empty for the default project.

        Raises:
            ProtectionNotFoundError: It is not protected there.
            InvalidAliasError: It breaks the rules for aliases.
            InvalidPathError: The path is malformed.

        Examples:
            Lift the protection, move the alias, and protect it again.

            ```python
            import hozon

            api = hozon.Api()
            api.protect_alias("production")

            api.unprotect_alias("production")
            model = api.artifact("classifier:v0")
            model.aliases = ["baseline", "production"]
            model.save()
            api.protect_alias("production")

            print(api.artifact("classifier:production").name)
            #> classifier:v0
            print([protected.alias for protected in api.protected_aliases()])
            #> ['production']
            ```
        """
        at = ProjectPath.parse(project, default=self._default)
        unprotect_alias(self._session.context, at, check_alias(alias))

    def protected_aliases(self, project: str = "") -> list[ProtectedAlias]:
        """List the protected aliases of a project, sorted.

        Args:
            project: `[entity/]project`; empty for the default project.

        Raises:
            InvalidPathError: The path is malformed.

        Examples:
            See what is held in place.

            ```python
            import hozon

            api = hozon.Api()
            for alias in ("production", "baseline"):
                api.protect_alias(alias)
            print([protected.alias for protected in api.protected_aliases()])
            #> ['baseline', 'production']
            print(api.protected_aliases("letters"))
            #> []
            ```
        """
        at = ProjectPath.parse(project, default=self._default)
        return list(list_protected(self._session.context, at))
