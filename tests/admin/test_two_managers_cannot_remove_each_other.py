"""The last manager is protected also where two act at one moment."""

from threading import Barrier, Thread

from django.db import connections

from apps.accounts.actor import Actor
from apps.accounts.models import Membership
from apps.accounts.roles import Role
from apps.accounts.services import add_member, create_user, remove_member
from apps.core.errors import Conflict
from apps.core.tenancy import bind
from tests.personas import World


def test_of_two_managers_who_remove_each_other_one_stays(world: World) -> None:
    with bind(world.north.id):
        second = add_member(user=create_user(email="second@northgate.example"), role=Role.MANAGER)
        first = Membership.objects.get(user=world.north.people[Role.MANAGER])
    both, refused = Barrier(2), []

    def remove(by: Membership, whom: Membership) -> None:
        actor = Actor(by.user_id, world.north.id, by.pk, Role.MANAGER)
        try:
            with bind(world.north.id, user_id=by.user_id):
                both.wait(timeout=30)
                remove_member(actor=actor, membership=whom)
        except Conflict as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with bind(world.north.id):
        assert Membership.objects.filter(role=Role.MANAGER).count() == 1
    assert len(refused) == 1
