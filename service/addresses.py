"""The notification block for any address that Apprise knows: mailto://, json://, ntfy:// and a hundred more.

Prefect has blocks for single services and an interface for the rest, which cannot be stored itself. The server must
have imported this module to send to such a block.
"""

from __future__ import annotations

from prefect.blocks.notifications import AppriseNotificationBlock


class AppriseAddress(AppriseNotificationBlock):
    """Tells people through an Apprise address, which may hold a password."""

    _block_type_name = "Apprise Address"
    _block_type_slug = "apprise-address"
    _description = "Sends notifications to any address that Apprise knows."
