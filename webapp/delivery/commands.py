"""`plirec worker`: carries notices and seals proofs, by itself or beside `plirec web`."""

import click

from config import Config


@click.command()
def worker() -> None:
    """Envoyer les avis et sceller les preuves, jusqu’à l’arrêt."""
    from webapp import create_app
    from webapp.delivery.tasks import wake
    from webapp.evidence.start import require_sound
    from webapp.jobs import queue_of

    app = create_app(Config.from_environment())
    with app.app_context():
        require_sound()
        # What became due while no worker ran is done at once, not at the next sweep.
        wake()
    queue_of(app).create_consumer(workers=1, periodic=True, initial_delay=0.1).run()
